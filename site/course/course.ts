import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkLinks } from './check-links.ts';
import { checkPictures } from './check-pictures.ts';
import { parseLesson, type Lesson } from './lesson.ts';
import { isName, MAX_TERMINALS, slugOfLesson } from './names.ts';
import { CourseProblems, nearest, type Problem } from './problem.ts';
import { courseSchema, type CourseFields } from './schema.ts';
import { readYaml } from './yaml.ts';

/** A course as its folder says it. */
export interface Course extends Omit<CourseFields, 'lessons'> {
  /** Its folder's name, and its place in URLs. */
  id: string;
  lessons: Lesson[];
}

/** Reads all courses of a folder, in the order of their names. Throws `CourseProblems` with every mistake in them. */
export async function readCourses(folder: string): Promise<Course[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const read = await Promise.all(entries.filter(isOpen).map(({ name }) => readCourse(join(folder, name))));
  const courses = read.flatMap(({ course }) => (course === undefined ? [] : [course]));
  const ofCourses = read.flatMap(({ problems }) => problems ?? []);
  // Where a lesson could not be read, links to it would be told to be broken too.
  const problems = ofCourses.length > 0 ? ofCourses : checkLinks(basename(folder), courses);
  if (problems.length > 0) throw new CourseProblems(problems);
  return courses.sort((a, b) => compare(a.id, b.id));
}

/** A course or a lesson that is not ready to be shown has a name that starts with an underscore or a dot. */
const isOpen = (entry: Dirent) => entry.isDirectory() && !/^[_.]/.test(entry.name);

const compare = (a: string, b: string) => (a < b ? -1 : 1);

async function readCourse(folder: string): Promise<{ course?: Course; problems?: Problem[] }> {
  const id = basename(folder);
  const place = `${basename(join(folder, '..'))}/${id}`;
  if (!isName(id)) return { problems: [badFolder(place, id)] };
  const text = await readText(join(folder, 'course.yaml'));
  if (text === undefined) return { problems: [noCourseFile(place)] };
  const file = `${place}/course.yaml`;
  const read = readYaml({ file, text, firstLine: 1 }, courseSchema);
  if ('problems' in read) return read;

  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter(isOpen).filter(({ name }) => slugOfLesson(name) !== undefined);
  const names = folders.map(({ name }) => name);
  const problems: Problem[] = [];
  const line = text.split('\n').findIndex((row) => row.startsWith('lessons:')) + 1;
  for (const name of names.filter((name) => !read.value.lessons.includes(name))) {
    problems.push(notListed(file, line, name));
  }
  const lessons: Lesson[] = [];
  for (const name of read.value.lessons) {
    const source = await readText(join(folder, name, 'index.md'));
    if (source === undefined) problems.push(noLesson(file, line, name, names));
    else {
      const parsed = parseLesson(name, `${place}/${name}/index.md`, source);
      if ('problems' in parsed) problems.push(...parsed.problems);
      else {
        lessons.push(parsed.lesson);
        problems.push(...(await checkPictures(join(folder, name), `${place}/${name}`, parsed.lesson.pictures)));
      }
    }
  }
  problems.push(...sameAddress(file, line, lessons), ...tooManyTerminals(file, line, lessons));
  return problems.length > 0 ? { problems } : { course: { ...read.value, id, lessons } };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const badFolder = (place: string, id: string): Problem => ({
  file: place,
  line: 1,
  what: `"${id}" cannot be a course’s address`,
  expected: 'a folder name of lower-case letters, digits and hyphens',
  mend: 'Rename the folder, or put an underscore before its name to leave it out.',
});

const noCourseFile = (place: string): Problem => ({
  file: `${place}/course.yaml`,
  line: 1,
  what: 'the course has no course.yaml',
  expected: 'a file with title, summary, authors, licence, image and lessons',
  mend: 'Write it, or put an underscore before the folder’s name to leave it out.',
});

const noLesson = (file: string, line: number, name: string, names: readonly string[]): Problem => {
  const meant = nearest(name, names);
  return {
    file,
    line,
    what: `there is no lesson in the folder "${name}"`,
    expected: `a file ${name}/index.md beside course.yaml`,
    mend: meant === undefined ? `Write ${name}/index.md, or take "${name}" off the list.` : `Write "${meant}".`,
  };
};

const notListed = (file: string, line: number, name: string): Problem => ({
  file,
  line,
  what: `the lesson "${name}" is not listed`,
  expected: 'every lesson’s folder under "lessons:"',
  mend: `Add "${name}" to the list, or put an underscore before the folder’s name to leave it out.`,
});

function tooManyTerminals(file: string, line: number, lessons: readonly Lesson[]): Problem[] {
  const names = new Set(lessons.flatMap(({ terminals }) => terminals));
  if (names.size <= MAX_TERMINALS) return [];
  return [
    {
      file,
      line,
      what: `the lessons have ${names.size} terminals of different names`,
      expected: `at most ${MAX_TERMINALS} in a course: all of its lessons share one sandbox`,
      mend: 'Give terminals of different lessons the same names, such as "main" and "second".',
    },
  ];
}

function sameAddress(file: string, line: number, lessons: readonly Lesson[]): Problem[] {
  const first = new Map<string, string>();
  return lessons.flatMap(({ id, slug }) => {
    const other = first.get(slug);
    first.set(slug, other ?? id);
    if (other === undefined) return [];
    const what = `"${other}" and "${id}" have the same address`;
    return [{ file, line, what, expected: 'folder names that differ after their numbers', mend: 'Rename one.' }];
  });
}
