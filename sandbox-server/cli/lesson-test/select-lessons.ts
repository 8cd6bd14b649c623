/** The lessons that a PATH means, as they are tested. */
import { basename, join } from 'node:path';
import { readCourses, type Course } from '../../../site/course/course.ts';
import type { CourseEntry, LessonEntry } from '../../../site/course/manifest.ts';
import { playOf, type PlayStep } from '../../../site/course/play.ts';
import { CourseProblems } from '../../../site/course/problem.ts';
import { toManifest } from '../../../site/course/to-manifest.ts';
import { scopeOf } from '../lessons/scope.ts';
import { Failure } from '../plain/report.mjs';

/** A lesson as it is tested. */
export interface LessonToTest {
  course: CourseEntry;
  entry: LessonEntry;
  play: readonly PlayStep[];
  /** The archive of what it lays, which `entry.files` names; null where it has none. */
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

/** Reads them; throws a `Failure` where there are none, or where they have mistakes. */
export async function selectLessons(path: string | undefined, lessons: string, cwd: string): Promise<Selection> {
  const { lessons: folder, course, lesson } = scopeOf(path, lessons, cwd);
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
  const { manifest, archives } = await toManifest([course]);
  const [entry] = manifest.courses as [CourseEntry];
  return course.lessons.map((lesson, index) => {
    const { files } = entry.lessons[index]!;
    return {
      course: entry,
      entry: entry.lessons[index]!,
      play: playOf(lesson),
      files: files === null ? null : archives.get(files)!,
      path: join(folder, course.id, lesson.id, 'index.md'),
      file: `${basename(folder)}/${course.id}/${lesson.id}/index.md`,
    };
  });
}
