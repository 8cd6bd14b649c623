import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { inspectCourses } from '../../../site/course/course.ts';
import { CourseMemory } from '../../../site/course/memory.ts';
import { FIXTURE_LESSONS } from '../../support/site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let lessons: string;
let memory: CourseMemory;

beforeEach(() => {
  lessons = join(temporaryFolder(), 'lessons');
  cpSync(FIXTURE_LESSONS, lessons, { recursive: true });
  memory = new CourseMemory();
});

const read = async () => (await inspectCourses(lessons, memory)).courses[0]!.lessons;

test('a lesson that has not changed is the same object again', async () => {
  const before = await read();
  writeFileSync(
    join(lessons, 'specimen/02-more/index.md'),
    '---\ntitle: Other\nsummary: S.\nduration: 1\n---\n\n## There\n',
  );
  const after = await read();
  expect(after.map((lesson, index) => lesson === before[index])).toEqual([true, false, true]);
  expect(after[1]!.title).toBe('Other');
});

test('a script beside the lesson that was changed is read again, by the shell too', async () => {
  await read();
  const setup = join(lessons, 'specimen/02-more/setup.sh');
  writeFileSync(setup, 'if true; then\n');
  const { problems } = await inspectCourses(lessons, memory);
  expect(problems.map(({ file }) => file)).toEqual(['lessons/specimen/02-more/setup.sh']);
  expect((await inspectCourses(lessons, memory)).problems).toEqual(problems);
  writeFileSync(setup, 'true\n');
  expect((await read())[1]!.setup!.text).toContain('true');
});

test('a mistake is told as often as it is read', async () => {
  mkdirSync(join(lessons, 'specimen/09-stray'));
  const first = await inspectCourses(lessons, memory);
  expect(first.problems).not.toEqual([]);
  expect((await inspectCourses(lessons, memory)).problems).toEqual(first.problems);
});
