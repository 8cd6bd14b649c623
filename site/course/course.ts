import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  badFolder,
  noCourseFile,
  noImage,
  noLesson,
  notListed,
  sameAddress,
  tooManyTerminals,
} from './course-problems.ts';
import { readBeside } from './beside.ts';
import { imagesIn } from './images.ts';
import { checkLinks } from './check-links.ts';
import { checkPictures } from './check-pictures.ts';
import { parseLesson, type Lesson } from './lesson.ts';
import { isLeftOut, isName, slugOfLesson } from './names.ts';
import { CourseProblems, type Problem } from './problem.ts';
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
  const entries = (await readdir(folder, { withFileTypes: true })).filter(isOpen);
  const images = await imagesIn(entries.map(({ name }) => join(folder, name)));
  const read = await Promise.all(entries.map(({ name }) => readCourse(join(folder, name), images)));
  const courses = read.flatMap(({ course }) => (course === undefined ? [] : [course]));
  const ofCourses = read.flatMap(({ problems }) => problems ?? []);
  // Where a lesson could not be read, links to it would be told to be broken too.
  const problems = ofCourses.length > 0 ? ofCourses : checkLinks(basename(folder), courses);
  if (problems.length > 0) throw new CourseProblems(problems);
  return courses.sort((a, b) => compare(a.id, b.id));
}

const isOpen = (entry: Dirent) => entry.isDirectory() && !isLeftOut(entry.name);

const compare = (a: string, b: string) => (a < b ? -1 : 1);

async function readCourse(
  folder: string,
  images: readonly string[],
): Promise<{ course?: Course; problems?: Problem[] }> {
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
  const { at } = read;
  if (!images.includes(read.value.image)) problems.push(noImage(at('image'), read.value.image, images));
  for (const name of names.filter((name) => !read.value.lessons.includes(name))) {
    problems.push(notListed(at('lessons'), name));
  }
  const lessons: Lesson[] = [];
  for (const [index, name] of read.value.lessons.entries()) {
    const source = await readText(join(folder, name, 'index.md'));
    if (source === undefined) problems.push(noLesson(at('lessons', index), name, names));
    else {
      const beside = await readBeside(join(folder, name));
      const parsed = parseLesson(name, `${place}/${name}/index.md`, source, beside);
      if ('problems' in parsed) problems.push(...parsed.problems);
      else {
        lessons.push(parsed.lesson);
        problems.push(...(await checkPictures(join(folder, name), `${place}/${name}`, parsed.lesson.pictures)));
      }
    }
  }
  problems.push(...sameAddress(at('lessons'), lessons), ...tooManyTerminals(at('lessons'), lessons));
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
