import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Command } from '../../../sandbox-server/cli/command.ts';
import { readCommandArguments } from '../../../sandbox-server/cli/arguments.ts';
import { command as newCourse } from '../../../sandbox-server/cli/commands/new-course.ts';
import { command as newLesson } from '../../../sandbox-server/cli/commands/new-lesson.ts';
import { inspect } from '../../../sandbox-server/cli/lessons/inspect.ts';
import { withLesson } from '../../../sandbox-server/cli/new/list-lesson.ts';
import { createReport } from '../../../sandbox-server/cli/plain/report.mjs';
import { resolveSettings } from '../../../sandbox-server/config.ts';
import type { HostFacts } from '../../../sandbox-server/config/settings.ts';
import { readCourses } from '../../../site/course/course.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { HOST } from '../config/host.ts';

const ROOT = join(import.meta.dirname, '../../..');

let lessons: string;

beforeEach(() => {
  lessons = join(temporaryFolder(), 'lessons');
  mkdirSync(lessons);
});

/** Runs a command on the folder of this test, and on another host where one is among the words; returns what it says. */
async function run(command: Command, ...words: (string | HostFacts)[]): Promise<string> {
  const argv = words.filter((word) => typeof word === 'string');
  const host = words.find((word) => typeof word !== 'string') ?? HOST;
  const { settings: argvOfSettings, ...given } = readCommandArguments(command, [...argv, '--lessons', lessons]);
  const settings = resolveSettings({ argv: argvOfSettings, env: {}, readFile: () => '' }, host);
  let said = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      said += String(chunk);
      done();
    },
  });
  const report = createReport(stream, {});
  await command.run({ root: ROOT, settings, host, report, ...given, given: [], rest: [] });
  return said;
}

const problems = async () => (await inspect({ lessons, course: undefined, lesson: undefined }, ROOT, lessons)).problems;

describe('a new course', () => {
  it('has nothing that is wrong, and what a lesson test goes through', async () => {
    await run(newCourse, 'first-steps');
    expect(await problems()).toEqual([]);
    const [course] = await readCourses(lessons);
    expect(course).toMatchObject({ id: 'first-steps', title: 'First steps', image: 'first-steps' });
    const kinds = course!.lessons[0]!.play.map(({ kind }) => kind);
    for (const kind of ['run', 'output', 'task', 'solve', 'task-end']) expect(kinds).toContain(kind);
    expect(course!.lessons[0]).toMatchObject({
      tasks: [{ kind: 'task', hints: 2 }, { kind: 'ask' }],
      quizzes: [{}],
      files: { paths: ['first-steps/', 'first-steps/fruit.txt'] },
    });
  });

  it('has the title that is given, whatever stands in it', async () => {
    await run(newCourse, '9-lives', '--title', 'Lives: "nine" of them # all');
    expect(await problems()).toEqual([]);
    expect(await readCourses(lessons)).toMatchObject([
      { title: 'Lives: "nine" of them # all', image: 'course-9-lives' },
    ]);
  });

  it.each([
    ['course.yaml', 'lessons'],
    ['image/image.yaml', 'profile'],
    ['01-first-steps/index.md', 'terminals'],
  ])('names in %s the schema that editors read, by a path that leads there', async (path, key) => {
    await run(newCourse, 'first-steps');
    const file = join(lessons, 'first-steps', path);
    const [, schema = ''] = /^# yaml-language-server: \$schema=(.+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
    const read: unknown = JSON.parse(readFileSync(resolve(file, '..', schema), 'utf8'));
    expect(read).toHaveProperty(`properties.${key}.description`);
  });

  it('is told where it is shown and what to do next', async () => {
    const said = await run(newCourse, 'first-steps');
    expect(said).toContain('/courses/first-steps/first-steps/');
    expect(said).toContain(`slipway lesson check ${join(lessons, 'first-steps')}`);
  });

  it('is shown by the command that is told, also where the courses lie in another folder', async () => {
    expect(await run(newCourse, 'first-steps')).toContain(`slipway dev --lessons ${lessons}\n`);
    await run(newCourse, 'second-steps');
    expect(await run(newLesson, 'second-steps/files')).toContain(`slipway dev --lessons ${lessons}\n`);
    const own = await run(newCourse, 'third-steps', { ...HOST, lessons });
    expect(own).toContain('slipway dev\n');
  });

  it('does not take the place of another, and leaves nothing half made', async () => {
    await run(newCourse, 'first-steps');
    await expect(run(newCourse, 'first-steps')).rejects.toThrow('is there already');
    expect(await problems()).toEqual([]);
  });

  it('has a name that can be an address', async () => {
    await expect(run(newCourse, 'First Steps')).rejects.toThrow('Did you mean first-steps?');
  });
});

describe('a new lesson', () => {
  beforeEach(() => run(newCourse, 'first-steps'));

  it('is the course’s last, and is listed there', async () => {
    await run(newLesson, 'first-steps/files', '--title', 'Files');
    await run(newLesson, 'first-steps/pipes');
    expect(await problems()).toEqual([]);
    const [course] = await readCourses(lessons);
    expect(course!.lessons.map(({ id, title }) => [id, title])).toEqual([
      ['01-first-steps', 'First steps'],
      ['02-files', 'Files'],
      ['03-pipes', 'Pipes'],
    ]);
  });

  it('counts on from the highest number that is there, listed or not', async () => {
    mkdirSync(join(lessons, 'first-steps', '07-later'));
    await run(newLesson, 'first-steps/files');
    expect(readFileSync(join(lessons, 'first-steps', 'course.yaml'), 'utf8')).toContain('  - 08-files\n');
  });

  it.each([
    ['first-steps/first-steps', 'is there already'],
    ['first-steps', 'is not of the form COURSE/NAME'],
    ['first-steps/a/b', 'is not of the form COURSE/NAME'],
    ['first-steps/Files', 'Did you mean files?'],
    ['second-steps/files', 'course.yaml'],
  ])('%s is refused: %s', async (name, told) => {
    await expect(run(newLesson, name)).rejects.toThrow(told);
    expect(await problems()).toEqual([]);
  });

  it('is not added to a list that cannot be read', async () => {
    writeFileSync(join(lessons, 'first-steps', 'course.yaml'), 'title: x\n');
    await expect(run(newLesson, 'first-steps/files')).rejects.toThrow('has no list "lessons:"');
  });
});

describe('a lesson is added to the list, and every other letter stays', () => {
  it.each([
    ['lessons: [01-a] # all\n', 'lessons: [01-a, 02-b] # all\n'],
    ['lessons: [ "01-a", ]\n', 'lessons: [ "01-a", 02-b, ]\n'],
    ['lessons:\n- 01-a\nimage: x\n', 'lessons:\n- 01-a\n- 02-b\nimage: x\n'],
    [
      '# one\nlessons:\n    - 01-a   # first\n\n# two\n',
      '# one\nlessons:\n    - 01-a   # first\n    - 02-b\n\n# two\n',
    ],
    ['title:   "T"\nlessons:\n  - 01-a', 'title:   "T"\nlessons:\n  - 01-a\n  - 02-b'],
  ])('%j', (text, with02) => expect(withLesson(text, '02-b')).toBe(with02));

  it.each(['lessons: []\n', 'title: x\n', 'lessons: 01-a\n', '- 01-a\n', ''])('but not to %j', (text) => {
    expect(withLesson(text, '02-b')).toBeUndefined();
  });
});
