import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { registryImages } from '../../../sandbox-server/registry/images/discover.ts';
import { repositoryOf } from '../../../sandbox-server/registry/images/schema.ts';
import { discoverImages } from '../../../sandbox-server/sandbox/images/discover.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { course, YAML } from '../images/course.ts';

const TINY = '  - name: tiny\n    tags: [latest, v1]\n    debian: { suite: bookworm }\n';
const described = (lessons: string) => registryImages(discoverImages(lessons));
const read = (entries: string) => described(course(`${YAML}registry:\n${entries}`));

describe('registry: in image.yaml', () => {
  test('is read, what is left out by default', () => {
    expect(read(TINY).map(({ description }) => description)).toEqual([
      {
        name: 'tiny',
        tags: ['latest', 'v1'],
        debian: { suite: 'bookworm', variant: 'minbase', packages: [], setup: [] },
      },
    ]);
  });

  test.each([
    ['an unknown key', `${TINY}    tag: v2\n`, 10, 'Write "tags" in place of "tag"'],
    ['no tag', TINY.replace('[latest, v1]', '[]'), 8, 'at least one tag'],
    ['a tag that YAML takes for a number', TINY.replace('v1', '1.20'), 8, 'in quotes'],
    ['a tag twice', TINY.replace('v1', 'latest'), 8, 'tiny:latest is there already'],
    ['no source', TINY.replace(/ {4}debian.*\n/, ''), 7, 'exactly one of debian, dockerfile, pull'],
    ['two sources', `${TINY}    pull: docker.io/library/alpine:3.20\n`, 7, 'exactly one of'],
    ['a name below library/', TINY.replace('tiny', 'library/tiny'), 7, 'library/ is implied'],
    ['a name below mine/', TINY.replace('tiny', 'mine/tiny'), 7, "learners' own"],
    ['a variant that is none', TINY.replace('bookworm }', 'bookworm, variant: huge }'), 9, 'minbase'],
    ['a setup that is no list of words', TINY.replace('bookworm }', 'bookworm, setup: [rm] }'), 9, 'array'],
    ['a Dockerfile elsewhere', TINY.replace(/debian: .*/, 'dockerfile: ../x'), 9, 'beside image.yaml'],
    ['a Dockerfile that is not there', TINY.replace(/debian: .*/, 'dockerfile: x'), undefined, 'no x/Dockerfile'],
    ['a reference without a host', TINY.replace(/debian: .*/, 'pull: alpine:3.20'), 9, 'docker.io/library/alpine:3.20'],
    [
      'a command for what brings its own',
      `${TINY.replace(/debian: .*/, 'pull: a.b/c:1')}    cmd: [sh]\n`,
      10,
      'debian alone',
    ],
    ['a relative working folder', `${TINY}    workdir: go\n`, 10, 'absolute path'],
  ])('with %s is refused with its line', (_, entries, line, words) => {
    expect(() => read(entries)).toThrow(words);
    if (line !== undefined) expect(() => read(entries)).toThrow(`image.yaml:${line}:`);
  });

  test('may say in two courses the same of one image, and is refused where they differ', () => {
    const second = (entry: string) => {
      const other = YAML.replace('basics', 'other');
      return course(`${other}registry:\n${entry}`, course(`${YAML}registry:\n${TINY}`), 'second');
    };
    expect(described(second(TINY))).toHaveLength(1);
    const differs = TINY.replace('suite: bookworm', 'suite: trixie').replace('latest, ', '');
    expect(() => described(second(differs))).toThrow('give one tag to different images');
  });

  test('may name a folder with a Dockerfile', () => {
    const lessons = course(`${YAML}registry:\n${TINY.replace(/debian: .*/, 'dockerfile: app')}`, temporaryFolder());
    mkdirSync(join(lessons, 'course/image/app'));
    writeFileSync(join(lessons, 'course/image/app/Dockerfile'), 'FROM scratch\n');
    expect(described(lessons)).toHaveLength(1);
  });
});

test.each([
  ['busybox', 'library/busybox'],
  ['org/name', 'org/name'],
])('Docker asks for %s under %s', (name, repository) => {
  expect(repositoryOf(name)).toBe(repository);
});
