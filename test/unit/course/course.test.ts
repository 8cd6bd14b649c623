import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCourses } from '../../../site/course/course.ts';
import { CourseProblems } from '../../../site/course/problem.ts';

const COURSE_YAML = 'title: C\nsummary: S\nauthors: [A]\nlicence: MIT\nimage: c\nlessons: [01-one, 02-two]\n';
const LESSON = '---\ntitle: L\nsummary: S\nduration: 5\n---\n\nText.\n';

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'courses-')), 'lessons');
  await lay({
    'c/course.yaml': COURSE_YAML,
    'c/image/image.yaml': 'name: c\n',
    'c/01-one/index.md': LESSON,
    'c/02-two/index.md': LESSON,
  });
});

afterEach(() => rm(dirname(folder), { recursive: true }));

async function lay(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function problems(): Promise<string> {
  const error = await readCourses(folder).catch((error: unknown) => error);
  if (error instanceof CourseProblems) return error.message;
  throw new Error('the courses were read without a problem');
}

describe('a folder of courses', () => {
  it('is read in order', async () => {
    await lay({ 'b/course.yaml': COURSE_YAML.replace(', 02-two', ''), 'b/01-one/index.md': LESSON });
    const courses = await readCourses(folder);
    expect(courses.map(({ id, lessons }) => [id, lessons.map(({ slug }) => slug)])).toEqual([
      ['b', ['one']],
      ['c', ['one', 'two']],
    ]);
  });

  it('leaves out what has an underscore before its name', async () => {
    await lay({ '_draft/course.yaml': 'nonsense', 'c/_03-later/index.md': 'nonsense' });
    expect(await readCourses(folder)).toHaveLength(1);
  });

  it('may hold an image beside the lessons', async () => {
    await lay({ 'c/image/image.yaml': 'name: c' });
    expect(await readCourses(folder)).toHaveLength(1);
  });

  it('must have a course.yaml in each course', async () => {
    await lay({ 'd/notes.txt': '' });
    expect(await problems()).toContain('lessons/d/course.yaml:1:1: the course has no course.yaml');
  });

  it('tells of a listed lesson that is not there', async () => {
    await rm(join(folder, 'c/02-two'), { recursive: true });
    expect(await problems()).toContain('lessons/c/course.yaml:6:19: there is no lesson in the folder "02-two"');
  });

  it('tells of a lesson that is not listed', async () => {
    await lay({ 'c/03-three/index.md': LESSON });
    expect(await problems()).toContain('lessons/c/course.yaml:6:10: the lesson "03-three" is not listed');
  });

  it('tells of two lessons with the same address', async () => {
    await lay({ 'c/course.yaml': COURSE_YAML.replace('02-two', '03-one'), 'c/03-one/index.md': LESSON });
    await rm(join(folder, 'c/02-two'), { recursive: true });
    expect(await problems()).toContain('"01-one" and "03-one" have the same address');
  });

  it('has at most twelve terminals of different names, so that learners can open some of their own', async () => {
    const lesson = (...names: string[]) => LESSON.replace('5\n', `5\nterminals: [${names.join(', ')}]\n`);
    await lay({
      'c/01-one/index.md': lesson('a', 'b', 'c', 'd', 'e', 'f'),
      'c/02-two/index.md': lesson('g', 'h', 'i', 'j', 'k', 'l'),
    });
    expect(await readCourses(folder)).toHaveLength(1);
    await lay({
      'c/course.yaml': COURSE_YAML.replace('02-two', '02-two, 03-three'),
      'c/03-three/index.md': lesson('a', 'm'),
    });
    expect(await problems()).toContain('lessons/c/course.yaml:6:10: the lessons have 13 terminals of different names');
  });

  it('tells all problems of all courses at once, each with what was expected and how to mend it', async () => {
    await lay({ 'c/01-one/index.md': 'no frontmatter', 'd/course.yaml': 'title: only\n' });
    const text = await problems();
    expect(text.match(/^lessons\//gm)).toHaveLength(6);
    expect(text.match(/^ {2}expected: /gm)).toHaveLength(6);
    expect(text.match(/^ {2}mend: /gm)).toHaveLength(6);
  });
});
