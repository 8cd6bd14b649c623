import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectCourses } from '../../../site/course/course.ts';
import { filesOf } from '../../../site/course/files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MIB = 2 ** 20;

/** A course of two lessons, of which the first has the second's files laid with its own. */
function twoLessons(): { lessons: string; own: string; theirs: string } {
  const lessons = join(temporaryFolder(), 'lessons');
  cpSync(join(import.meta.dirname, '../../fixtures/broken/_sound'), lessons, { recursive: true });
  const [own, theirs] = ['01-lesson', '02-next'].map((name) => join(lessons, 'course', name, 'files')) as [
    string,
    string,
  ];
  for (const folder of [own, theirs]) mkdirSync(join(folder, 'many'), { recursive: true });
  const index = join(lessons, 'course/01-lesson/index.md');
  writeFileSync(index, readFileSync(index, 'utf8').replace('duration: 5', 'duration: 5\nfiles: 02-next'));
  return { lessons, own, theirs };
}

test('with the files of another lesson it is no more than without, and a folder of both counts once', async () => {
  const { lessons, own, theirs } = twoLessons();
  for (let n = 0; n < 3999; n++) writeFileSync(join(n < 2000 ? own : theirs, 'many', `${n}`), '');
  truncateSync(join(own, 'many/0'), 16 * MIB);
  truncateSync(join(theirs, 'many/3000'), 16 * MIB);
  const told = async () => (await inspectCourses(lessons)).problems.map(({ file, line, what }) => [file, line, what]);
  expect(await told()).toEqual([]);
  writeFileSync(join(theirs, 'more'), 'x');
  const both = 'both "files/", this lesson’s and that of "02-next",';
  expect(await told()).toEqual([
    ['lessons/course/01-lesson/index.md', 5, `the files of ${both} are 33 MiB together`],
    ['lessons/course/01-lesson/index.md', 5, `in ${both} are 4001 files and folders`],
  ]);
});

test('as much as a lesson may have is no mistake, a byte and a file more is', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'many'));
  for (let n = 0; n < 3999; n++) writeFileSync(join(folder, 'many', `${n}`), '');
  truncateSync(join(folder, 'many', '0'), 32 * MIB);
  expect(await filesOf(folder)).toMatchObject({ mistakes: [] });
  writeFileSync(join(folder, 'more'), 'x');
  const { mistakes } = await filesOf(folder);
  expect(mistakes.map(({ what }) => what)).toEqual([
    'the files of "files/" are 33 MiB together',
    'in "files/" are 4001 files and folders',
  ]);
});

test('whatever a lesson lays down is kept in the repository, a log or a folder “build” too', () => {
  const cwd = temporaryFolder();
  cpSync(join(import.meta.dirname, '../../../.gitignore'), join(cwd, '.gitignore'));
  spawnSync('git', ['init', '--quiet'], { cwd });
  const files = ['log/arrivals.log', 'build/made', 'node_modules/a'].map((file) => `lessons/course/01-a/files/${file}`);
  const { stdout } = spawnSync('git', ['check-ignore', '--no-index', 'a.log', ...files], { cwd, encoding: 'utf8' });
  expect(stdout).toBe('a.log\n');
});
