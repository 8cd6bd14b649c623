/** Which lessons a PATH means: a folder of courses, a course, a lesson or its index.md. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { archiveOf } from '../../../site/course/archive.ts';
import { readCourses, type Course } from '../../../site/course/course.ts';
import type { CourseEntry, LessonEntry } from '../../../site/course/manifest.ts';
import { playOf, type PlayStep } from '../../../site/course/play.ts';
import { CourseProblems } from '../../../site/course/problem.ts';
import { toManifest } from '../../../site/course/to-manifest.ts';
import { Failure } from '../plain/report.mjs';

/** A lesson as it is tested. */
export interface LessonToTest {
  course: CourseEntry;
  entry: LessonEntry;
  play: readonly PlayStep[];
  /** The archive of its `files/`, which `entry.files` names; null where it has none. */
  files: Buffer | null;
  /** Path of its index.md. */
  path: string;
  /** The same as mistakes name it: `lessons/course/01-lesson/index.md`. */
  file: string;
}

export interface Selection {
  /** The folder of courses that they are in. */
  folder: string;
  lessons: LessonToTest[];
}

interface Place {
  folder: string;
  course?: string;
  lesson?: string;
}

/** Reads them; throws a `Failure` where there are none, or where they have mistakes. */
export async function selectLessons(path: string | undefined, lessons: string, cwd: string): Promise<Selection> {
  const { folder, course, lesson } = path === undefined ? { folder: lessons } : placeOf(path, lessons, cwd);
  const courses = await readThem(folder);
  const chosen = courses.filter(({ id }) => course === undefined || id === course);
  const selected = await Promise.all(chosen.map((each) => lessonsOf(each, folder)));
  const found = selected.flat().filter(({ entry }) => lesson === undefined || entry.id === lesson);
  if (found.length > 0) return { folder, lessons: found };
  throw new Failure({
    what: path === undefined ? `There are no lessons in ${folder}.` : `There is no lesson at ${path}.`,
    why: lesson === undefined ? '' : `Its course does not list "${lesson}" in course.yaml.`,
    mend: 'Name a course, a lesson or a folder of courses.',
  });
}

async function readThem(folder: string): Promise<Course[]> {
  try {
    return await readCourses(folder);
  } catch (error) {
    if (!(error instanceof CourseProblems)) throw error;
    throw new Failure({
      what: 'The lessons have mistakes, so they are not tested.',
      why: error.message,
      mend: 'Mend them; slipway lesson check tells them again, in a second.',
    });
  }
}

async function lessonsOf(course: Course, folder: string): Promise<LessonToTest[]> {
  const { manifest } = await toManifest([course]);
  const [entry] = manifest.courses as [CourseEntry];
  return await Promise.all(
    course.lessons.map(async (lesson, index) => ({
      course: entry,
      entry: entry.lessons[index]!,
      play: playOf(lesson),
      files: lesson.files && lesson.files.paths.length > 0 ? (await archiveOf(lesson.files)).bytes : null,
      path: join(folder, course.id, lesson.id, 'index.md'),
      file: `${basename(folder)}/${course.id}/${lesson.id}/index.md`,
    })),
  );
}

/** What is meant is found by what lies there; a path may also begin at the folder of courses. */
function placeOf(path: string, lessons: string, cwd: string): Place {
  for (const start of [cwd, lessons]) {
    const named = resolve(start, path);
    if (!existsSync(named)) continue;
    const folder = statSync(named).isDirectory() ? named : dirname(named);
    if (existsSync(join(folder, 'course.yaml'))) return { folder: dirname(folder), course: basename(folder) };
    const above = dirname(folder);
    if (existsSync(join(folder, 'index.md')) && existsSync(join(above, 'course.yaml'))) {
      return { folder: dirname(above), course: basename(above), lesson: basename(folder) };
    }
    if (subfolders(folder).some((name) => existsSync(join(folder, name, 'course.yaml')))) return { folder };
    throw new Failure({
      what: `${path} is neither a lesson nor a course nor a folder of courses.`,
      why: 'A course’s folder has a course.yaml, a lesson’s an index.md below one that has.',
      mend: `Name one of those, or nothing for all of ${relative(cwd, lessons) || lessons}.`,
    });
  }
  throw new Failure({
    what: `There is no ${path}.`,
    mend: `Name a course, a lesson or a folder of courses, or nothing for all of ${relative(cwd, lessons) || lessons}.`,
  });
}

const subfolders = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
