import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { type RegistryImage, registryImages } from '../../../sandbox-server/registry/images/discover.ts';
import { basesOf, identityOf } from '../../../sandbox-server/registry/images/identity.ts';
import { type BuiltRegistryImage, whyBuilt } from '../../../sandbox-server/registry/images/shelf.ts';
import { discoverImages } from '../../../sandbox-server/sandbox/images/discover.ts';
import { course, YAML } from '../images/course.ts';

const TINY = '  - { name: tiny, tags: [latest, v1], debian: { suite: bookworm } }\n';
const APP = '  - { name: org/app, tags: [latest], dockerfile: app }\n';

function images({ entries = TINY + APP, dockerfile = 'FROM tiny:v1\n' } = {}): RegistryImage[] {
  const lessons = course(`${YAML}registry:\n${entries}`);
  mkdirSync(join(lessons, 'course/image/app'));
  writeFileSync(join(lessons, 'course/image/app/Dockerfile'), dockerfile);
  return registryImages(discoverImages(lessons));
}

const idOf = (all: RegistryImage[], index: number) => identityOf(all[index]!, all).id;

describe('a registry image’s identity', () => {
  test('begins with its name, and stays while nothing changes', () => {
    expect(idOf(images(), 0)).toMatch(/^tiny-[0-9a-f]{12}$/);
    expect(idOf(images(), 1)).toMatch(/^org_app-[0-9a-f]{12}$/);
    expect(idOf(images(), 1)).toBe(idOf(images(), 1));
  });

  test('stays when a tag comes', () => {
    expect(idOf(images({ entries: TINY.replace('v1', 'v1, v2') + APP }), 1)).toBe(idOf(images(), 1));
  });

  test.each([
    ['its Dockerfile changes', { dockerfile: 'FROM tiny:v1\nCMD ["sh"]\n' }],
    ['what it is FROM changes', { entries: TINY.replace('bookworm', 'trixie') + APP }],
  ])('changes when %s', (_, change) => {
    expect(idOf(images(change), 1)).not.toBe(idOf(images(), 1));
  });

  test.each([
    'tiny',
    'tiny:latest',
    'library/tiny:v1',
    'docker.io/library/tiny:v1',
    '--platform=linux/amd64 tiny AS x',
  ])('FROM %s is the image of the list', (reference) => {
    const all = images({ dockerfile: `FROM scratch\nfrom ${reference}\n` });
    expect(basesOf(all[1]!, all)).toEqual([all[0]]);
  });

  test.each(['tiny:v3', 'tinyer', 'org/tiny'])('FROM %s is not', (reference) => {
    const all = images({ dockerfile: `FROM ${reference}\n` });
    expect(basesOf(all[1]!, all)).toEqual([]);
  });
});

describe('why an image is built', () => {
  const before = { name: 'tiny', builder: 1, description: 'a' } as BuiltRegistryImage;
  test.each([
    ['new', [], { builder: 1, description: 'a' }],
    ['builder changed', [before], { builder: 2, description: 'a' }],
    ['image.yaml changed', [before], { builder: 1, description: 'b' }],
    ['its Dockerfile’s folder or what it is FROM changed', [before], { builder: 1, description: 'a' }],
  ])('%s', (reason, shelf, identity) => {
    expect(whyBuilt(shelf, 'tiny', { id: 'tiny-new', ...identity })).toBe(reason);
  });
});
