import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

import { inspect } from '../../../sandbox-server/cli/lessons/inspect.ts';
import { scopeOf } from '../../../sandbox-server/cli/lessons/scope.ts';
import { layLessons } from '../../support/generated-lessons.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../../..');
const BROKEN = join(ROOT, 'test/fixtures/broken');

let cwd: string;
let lessons: string;

/** Two courses of two lessons; the first lesson of each has a link that leads nowhere. */
beforeEach(() => {
  cwd = temporaryFolder();
  lessons = join(cwd, 'lessons');
  for (const layer of ['_sound', 'link-to-no-heading']) cpSync(join(BROKEN, layer), lessons, { recursive: true });
  cpSync(join(lessons, 'course'), join(lessons, 'second'), { recursive: true });
  writeFileSync(join(lessons, 'second/image/image.yaml'), 'name: second\nfrom:\n  debian: { suite: trixie }\n');
});

describe('a path on the command line is', () => {
  it.each([
    ['lessons', { lessons: 4, files: ['lessons/course/01-lesson/index.md', 'lessons/second/01-lesson/index.md'] }],
    ['lessons/second', { lessons: 2, files: ['lessons/second/01-lesson/index.md'] }],
    ['lessons/second/course.yaml', { lessons: 2, files: ['lessons/second/01-lesson/index.md'] }],
    ['lessons/second/01-lesson', { lessons: 1, files: ['lessons/second/01-lesson/index.md'] }],
    ['lessons/second/01-lesson/index.md', { lessons: 1, files: ['lessons/second/01-lesson/index.md'] }],
    ['lessons/second/02-next', { lessons: 1, files: [] }],
    // From the folder of courses.
    ['second/01-lesson', { lessons: 1, files: ['lessons/second/01-lesson/index.md'] }],
    [undefined, { lessons: 4, files: ['lessons/course/01-lesson/index.md', 'lessons/second/01-lesson/index.md'] }],
  ])('%s: what is wrong there is told, though links lead out of it', async (path, found) => {
    const findings = await inspect(scopeOf(path, lessons, cwd), ROOT, cwd);
    expect({ lessons: findings.lessons, files: findings.problems.map(({ file }) => file) }).toEqual(found);
  });

  it.each([
    ['lessons/nowhere', 'There is no'],
    ['lessons/course/image', 'is neither a lesson'],
    ['lessons/_draft', 'is left out: the name "_draft" begins with "_"'],
  ])('refused where it is none of them: %s', (path, told) => {
    mkdirSync(join(lessons, '_draft'));
    writeFileSync(join(lessons, '_draft/course.yaml'), '');
    expect(() => scopeOf(path, lessons, cwd)).toThrow(told);
  });

  it('named in full where the working folder is another', async () => {
    const { problems } = await inspect(scopeOf(lessons, lessons, cwd), ROOT, ROOT);
    expect(problems[0]!.file).toBe(join(lessons, 'course/01-lesson/index.md'));
  });
});

it('finds nothing wrong with generated lessons, which figures are measured with', async () => {
  const generated = join(cwd, 'generated');
  layLessons(generated, 45);
  expect(await inspect(scopeOf(generated, lessons, cwd), ROOT, cwd)).toEqual({ lessons: 45, problems: [] });
});

describe('scripts that a shell cannot read', () => {
  it('are all found among many, each in its file and line', async () => {
    const generated = join(cwd, 'generated');
    layLessons(generated, 45);
    writeFileSync(join(generated, 'course-1/03-part-3/setup.sh'), 'if true; then\n  echo\n');
    writeFileSync(join(generated, 'course-3/05-part-5/setup.sh'), '# slipway: timeout=5\necho "open\n');
    const { problems } = await inspect(scopeOf(generated, lessons, cwd), ROOT, cwd);
    expect(problems.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'generated/course-1/03-part-3/setup.sh:2',
      'generated/course-3/05-part-5/setup.sh:2',
    ]);
  });

  it('are not those that bash reads only as bash: patterns, arrays, documents', async () => {
    const script = 'shopt -s extglob\nls !(a|b)\na=(1 2)\ncat <<E\n"\nE\n[[ ${a[0]} =~ ^(1|2)$ ]]\ndiff <(ls) <(ls)\n';
    writeFileSync(join(lessons, 'course/02-next/setup.sh'), script);
    expect((await inspect(scopeOf('course/02-next', lessons, cwd), ROOT, cwd)).problems).toEqual([]);
  });
});
