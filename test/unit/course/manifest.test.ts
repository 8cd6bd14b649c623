import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readCourses } from '../../../site/course/course.ts';
import { CourseMemory } from '../../../site/course/memory.ts';
import type { LessonEntry } from '../../../site/course/manifest.ts';
import { writeManifest } from '../../../site/course/write-manifest.ts';
import { FIXTURE_LESSONS } from '../../support/site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let lessons: string;
let built: string;

beforeEach(() => {
  const folder = temporaryFolder();
  [lessons, built] = [join(folder, 'lessons'), join(folder, 'build')];
  cpSync(FIXTURE_LESSONS, lessons, { recursive: true });
});

const index = () => join(lessons, 'specimen/03-tasks/index.md');

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

async function written(slug = 'tasks', memory = new CourseMemory()): Promise<LessonEntry> {
  const manifest = await writeManifest(await readCourses(lessons, memory), join(built, 'courses.json'));
  expect(JSON.parse(readFileSync(join(built, 'courses.json'), 'utf8'))).toEqual(manifest);
  return manifest.courses[0]!.lessons.find((lesson) => lesson.slug === slug)!;
}

/** Mode and name of all that an archive holds. */
function listed(archive: string | null): (string | undefined)[][] {
  const list = execFileSync('tar', ['-tvf', join(built, 'lesson-files', archive!)], { encoding: 'utf8' });
  const rows = list.trimEnd().split('\n');
  return rows.map((row) => row.split(/\s+/)).map((row) => [row[0], row.at(-1)]);
}

const archives = () => readdirSync(join(built, 'lesson-files'));

describe('what the server is told of a lesson', () => {
  it('is all that the fixture has', async () => {
    const lesson = await written();
    expect(lesson.tasks.map(({ id, kind, needs }) => [id, kind, needs])).toEqual([
      ['write', 'task', []],
      ['count', 'ask', ['write']],
      ['deleted', 'task', []],
      ['serve', 'task', ['write', 'count']],
      ['shared', 'task', ['serve']],
    ]);
    expect(lesson.setup).toMatchObject({ user: 'root', timeoutMs: 20_000 });
    expect(lesson.quizzes.map(({ answers }) => answers.filter(({ right }) => right).length)).toEqual([1, 2]);
    expect(archives()).toEqual([lesson.files]);
  });

  it('has files with their modes, and folders, in an archive that tar can read', async () => {
    const { files } = await written();
    expect(listed(files)).toEqual([
      ['-rw-r--r--', 'fruit.txt'],
      ['-rwxr-xr-x', 'hello.sh'],
      ['drwxr-xr-x', 'notes/'],
      ['-rw-r--r--', 'notes/old.txt'],
    ]);
  });

  it('leaves out an empty folder of files', async () => {
    mkdirSync(join(lessons, 'specimen/02-more/files'));
    await written();
    expect(archives()).toHaveLength(1);
  });

  it('has the files of another lesson that it names, as if they lay among its own', async () => {
    expect((await written('more')).files).toBe((await written('tasks')).files);
    mkdirSync(join(lessons, 'specimen/02-more/files/notes'), { recursive: true });
    writeFileSync(join(lessons, 'specimen/02-more/files/notes/new.txt'), 'new\n');
    writeFileSync(join(lessons, 'specimen/02-more/files/@start'), 'go\n');
    expect(listed((await written('more')).files)).toEqual([
      ['-rw-r--r--', '@start'],
      ['drwxr-xr-x', 'notes/'],
      ['-rw-r--r--', 'notes/new.txt'],
      ['-rw-r--r--', 'fruit.txt'],
      ['-rwxr-xr-x', 'hello.sh'],
      ['-rw-r--r--', 'notes/old.txt'],
    ]);
    expect(archives()).toHaveLength(2);
  });

  it('follows the other lesson’s files, also where its own text was read before', async () => {
    const memory = new CourseMemory();
    const seen = [(await written('more', memory)).version];
    const changes = [
      () => writeFileSync(join(dirname(index()), 'files/fruit.txt'), 'plum\n'),
      () => writeFileSync(join(dirname(index()), 'files/other.txt'), 'new\n'),
      () => rmSync(join(dirname(index()), 'files/fruit.txt')),
    ];
    for (const change of changes) {
      change();
      const { version } = await written('more', memory);
      expect(seen).not.toContain(version);
      seen.push(version);
    }
  });

  it('keeps no archive that nothing names any more', async () => {
    const before = await written();
    writeFileSync(join(dirname(index()), 'files/fruit.txt'), 'plum\n');
    const after = await written();
    expect(after.files).not.toBe(before.files);
    expect(archives()).toEqual([after.files]);
  });
});

describe('the version of a lesson', () => {
  const changes: [what: string, change: () => void][] = [
    ['a file', () => writeFileSync(join(dirname(index()), 'files/fruit.txt'), 'plum\n')],
    ['whether a file can be executed', () => chmodSync(join(dirname(index()), 'files/hello.sh'), 0o644)],
    ['a solution', () => edit(index(), 'echo hello >', 'echo hullo >')],
    ['a setup', () => edit(index(), 'for the one who serves', 'for others')],
    ['setup.sh', () => edit(join(dirname(index()), 'setup.sh'), 'prepared', 'made')],
    ['a task’s id', () => edit(index(), '#deleted', '#removed')],
  ];
  it.each(changes)('changes with %s', async (_, change) => {
    const { version } = await written();
    change();
    expect((await written()).version).not.toBe(version);
  });

  const stays: [what: string, change: () => void][] = [
    ['text, and the lines that everything stands in', () => edit(index(), '## Files', 'More.\n\n## Files')],
    ['a check', () => edit(index(), 'expect_running', 'true\nexpect_running')],
    ['a hint', () => edit(index(), 'It begins with', 'It starts with')],
    ['the age of a file', () => utimesSync(join(dirname(index()), 'files/fruit.txt'), 1, 1)],
    ['nothing', () => undefined],
  ];
  it.each(stays)('stays with %s', async (_, change) => {
    const { version } = await written();
    change();
    expect((await written()).version).toBe(version);
  });
});
