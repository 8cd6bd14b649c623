import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { imageIdentity } from '../../../sandbox-server/sandbox/images/identity.ts';
import { course, imageOf, YAML } from './course.ts';

describe('an image’s identity', () => {
  test('begins with its name and stays while nothing changes', () => {
    const lessons = course();
    expect(imageIdentity(imageOf(lessons))).toMatch(/^basics-[0-9a-f]{12}$/);
    expect(imageIdentity(imageOf(lessons))).toBe(imageIdentity(imageOf(course())));
  });

  test.each<[string, (folder: string) => void]>([
    [
      'a package is added',
      (folder) => writeFileSync(join(folder, 'image.yaml'), YAML.replace('[less]', '[less, nano]')),
    ],
    ['a file changes', (folder) => writeFileSync(join(folder, 'files/etc/motd'), 'other')],
    ['a file becomes executable', (folder) => chmodSync(join(folder, 'files/etc/motd'), 0o755)],
    ['a link comes', (folder) => symlinkSync('motd', join(folder, 'files/etc/link'))],
  ])('changes when %s', (_, change) => {
    const lessons = course();
    const before = imageIdentity(imageOf(lessons));
    change(join(lessons, 'course', 'image'));
    expect(imageIdentity(imageOf(lessons))).not.toBe(before);
  });

  test('does not depend on what the registry has: a disk that lies over it stays whole', () => {
    const registry = 'registry:\n  - { name: tiny, tags: [latest], debian: { suite: bookworm } }\n';
    expect(imageIdentity(imageOf(course(YAML + registry)))).toBe(imageIdentity(imageOf(course())));
  });

  test('does not depend on what its sandboxes reach', () => {
    expect(imageIdentity(imageOf(course(`${YAML}network: internet\n`)))).toBe(imageIdentity(imageOf(course())));
  });

  test('does not depend on the umask of whoever cloned', () => {
    const lessons = course();
    chmodSync(join(lessons, 'course/image/files/etc/motd'), 0o600);
    expect(imageIdentity(imageOf(lessons))).toBe(imageIdentity(imageOf(course())));
  });
});
