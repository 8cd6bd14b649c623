import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  badFolder,
  noCourseFile,
  noImage,
  noLesson,
  noText,
  notListed,
  sameAddress,
  tooManyTerminals,
} from './course-problems.ts';
import { type Beside, readBeside } from './beside.ts';
import type { LessonFiles } from './files.ts';
import { checkFilesFrom } from './laid-files.ts';
import { imagesIn } from './images.ts';
import { checkLinks, type LinkedCourse } from './check-links.ts';
import { checkPictures } from './check-pictures.ts';
import { checkShell } from './check-shell.ts';
import { parseLesson, type Lesson } from './lesson.ts';
import { CourseMemory } from './memory.ts';
import { isLeftOut, isName, slugOfLesson } from './names.ts';
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
export async function readCourses(folder: string, memory?: CourseMemory): Promise<Course[]> {
  const { courses, problems } = await inspectCourses(folder, memory);
  if (problems.length > 0) throw new CourseProblems(problems);
  return courses;
}

export interface InspectedCourses {
  /** Those without a mistake of their own; a link of theirs may lead nowhere. */
  courses: Course[];
  /** All lessons that are there, as `course/01-lesson`. */
  lessons: string[];
  problems: Problem[];
}

/**
 * As `readCourses`, without throwing. What is on the disk is read synchronously: of many small files that takes a tenth
 * of the time, and whoever reads courses has nothing else to do meanwhile.
 */
export async function inspectCourses(folder: string, memory = new CourseMemory()): Promise<InspectedCourses> {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(isOpen);
  entries.sort((a, b) => compare(a.name, b.name));
  const images = await imagesIn(entries.map(({ name }) => join(folder, name)));
  const read = entries.map(({ name }) => readCourse(join(folder, name), images, memory));
  const problems = read.flatMap((course) => course.problems);
  problems.push(...checkLinks(basename(folder), read));
  const unread = memory.unread(read.flatMap(({ lessons }) => lessons));
  const ofShell = await checkShell(unread);
  if (ofShell.length === 0) memory.readable(unread);
  problems.push(...ofShell);
  return {
    courses: read.flatMap(({ course }) => course ?? []),
    lessons: read.flatMap(({ id, folders }) => folders.map((name) => `${id}/${name}`)),
    problems,
  };
}

const isOpen = (entry: Dirent) => entry.isDirectory() && !isLeftOut(entry.name);

const compare = (a: string, b: string) => (a < b ? -1 : 1);

/** A course as far as it could be read. */
interface ReadCourse extends LinkedCourse {
  course?: Course;
  lessons: Lesson[];
  /** Of all lessons that are there. */
  folders: string[];
  problems: Problem[];
}

function readCourse(folder: string, images: readonly string[], memory: CourseMemory): ReadCourse {
  const id = basename(folder);
  const place = `${basename(join(folder, '..'))}/${id}`;
  const unread = (...problems: Problem[]): ReadCourse => ({ id, lessons: [], folders: [], unread: 'all', problems });
  if (!isName(id)) return unread(badFolder(place, id));
  const text = readText(join(folder, 'course.yaml'));
  if (text === undefined) return unread(noCourseFile(place));
  const read = readYaml({ file: `${place}/course.yaml`, text, firstLine: 1 }, courseSchema);
  if ('problems' in read) return unread(...read.problems);

  const { value, at } = read;
  const entries = readdirSync(folder, { withFileTypes: true });
  const folders = entries.filter(isOpen).filter(({ name }) => slugOfLesson(name) !== undefined);
  const names = folders.map(({ name }) => name);
  const problems: Problem[] = [];
  if (!images.includes(value.image)) problems.push(noImage(at('image'), value.image, images));
  // A name on the list that is written wrong is one mistake, not two.
  const absent = value.lessons.filter((name) => !names.includes(name));
  const meant = absent.map((name) => nearest(name, names));
  for (const name of names.filter((name) => !value.lessons.includes(name) && !meant.includes(name))) {
    problems.push(notListed(at('lessons'), name));
  }
  const lessons: Lesson[] = [];
  const badLessons: string[] = [];
  const files = new Map<string, LessonFiles | undefined>();
  for (const [index, name] of value.lessons.entries()) {
    if (!names.includes(name)) {
      problems.push(noLesson(at('lessons', index), name, names));
      continue;
    }
    const parsed = readLesson(join(folder, name), `${place}/${name}`, memory);
    problems.push(...parsed.problems);
    if (parsed.beside) files.set(name, parsed.beside.files);
    if (parsed.lesson) lessons.push(parsed.lesson);
    else badLessons.push(name);
  }
  problems.push(...lessons.flatMap((lesson) => checkFilesFrom(lesson, files, names)));
  problems.push(...sameAddress(at('lessons'), lessons), ...tooManyTerminals(at('lessons'), lessons));
  const whole = { id, lessons, folders: names, unread: badLessons, problems };
  return problems.length > 0 ? whole : { ...whole, course: { ...value, id, lessons } };
}

/** A lesson as far as it could be read. */
interface ReadLesson {
  lesson?: Lesson;
  beside?: Beside;
  problems: Problem[];
}

function readLesson(folder: string, place: string, memory: CourseMemory): ReadLesson {
  const file = `${place}/index.md`;
  const source = readText(join(folder, 'index.md'));
  if (source === undefined) return { problems: [noText(file)] };
  const beside = readBeside(folder);
  const parsed = memory.lesson(file, source, beside, () => parseLesson(basename(folder), file, source, beside));
  if ('problems' in parsed) return { ...parsed, beside };
  return { lesson: parsed.lesson, beside, problems: checkPictures(folder, place, parsed.lesson.pictures) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
