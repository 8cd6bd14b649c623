import { describe, expect, test } from 'vitest';

import { discoverImages } from '../../../sandbox-server/sandbox/images/discover.ts';
import { course, imageOf, YAML } from './course.ts';

describe('image.yaml', () => {
  test('is read, what is left out by default', () => {
    expect(imageOf(course()).description).toEqual({
      name: 'basics',
      profile: 'standard',
      network: 'none',
      from: { debian: { suite: 'bookworm', packages: ['less'] } },
      user: { name: 'learner' },
      registry: [],
    });
  });

  test.each([
    ['an unknown key', `${YAML}packges: [less]\n`, 6, 'unknown key "packges"'],
    ['a suite that is none', YAML.replace('bookworm', 'woody'), 4, '"from.debian.suite" has a value that does not fit'],
    ['a package that is an option', YAML.replace('[less]', '["--force"]'), 5, 'the name of a Debian package'],
    ['a name with a path', YAML.replace('basics', '../x'), 1, 'lower-case'],
    ['a root user', `${YAML}user: { name: Root }\n`, 6, '"user.name"'],
    ['no YAML', 'name: "x', 1, 'not YAML'],
  ])('with %s is refused with its line', (_, yaml, line, words) => {
    expect(() => imageOf(course(yaml))).toThrow(`image.yaml:${line}:`);
    expect(() => imageOf(course(yaml))).toThrow(words);
  });

  test('of a course that is left out is not read', () => {
    expect(discoverImages(course('no image at all', course(), '_draft'))).toHaveLength(1);
  });

  test('whose name another has is refused', () => {
    expect(() => discoverImages(course(YAML, course(), 'other'))).toThrow('the name "basics" is taken by');
  });
});
