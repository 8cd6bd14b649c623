import { describe, expect, test } from 'vitest';

import { discoverImages } from '../../../sandbox-server/sandbox/images/discover.ts';
import { course, imageOf, YAML } from './course.ts';

describe('image.yaml', () => {
  test('is read, what is left out by default', () => {
    expect(imageOf(course()).description).toEqual({
      name: 'basics',
      profile: 'standard',
      from: { debian: { suite: 'bookworm', packages: ['less'] } },
      user: { name: 'learner' },
      registry: [],
    });
  });

  test.each([
    ['an unknown key', `${YAML}packges: [less]\n`, 'image.yaml:1', 'packges'],
    ['a suite that is none', YAML.replace('bookworm', 'woody'), 'image.yaml:4: from.debian.suite', 'bookworm'],
    [
      'a package that is an option',
      YAML.replace('[less]', '["--force"]'),
      'image.yaml:5: from.debian.packages.0',
      'Debian package',
    ],
    ['a name with a path', YAML.replace('basics', '../x'), 'image.yaml:1: name', 'lower-case'],
    ['a root user', `${YAML}user: { name: Root }\n`, 'image.yaml:6: user.name', 'lower-case'],
    ['no YAML', 'name: "x', 'image.yaml:1', 'not YAML'],
  ])('with %s is refused with its line', (_, yaml, place, word) => {
    expect(() => imageOf(course(yaml))).toThrow(new RegExp(`${place}.*${word}`));
  });

  test('of a course that is left out is not read', () => {
    expect(discoverImages(course('no image at all', course(), '_draft'))).toHaveLength(1);
  });

  test('whose name another has is refused', () => {
    expect(() => discoverImages(course(YAML, course(), 'other'))).toThrow('the name "basics" is taken by');
  });
});
