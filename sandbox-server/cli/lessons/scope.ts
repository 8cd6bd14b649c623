/** What a PATH on the command line means: a folder of courses, a course, or a lesson. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

import { ConfigProblem } from '../../config/problem.ts';
import { isLeftOut } from '../../../site/course/names.ts';

export interface Scope {
  /** The folder of the courses. */
  lessons: string;
  /** Folder name of the one course that is meant; undefined for all. */
  course: string | undefined;
  /** Folder name of the one lesson of it; undefined for all. */
  lesson: string | undefined;
}

/**
 * Without a path, all of `lessons`, the setting's folder. A path may begin in the working folder or there. Throws a
 * `ConfigProblem` for one that is none of the three.
 */
export function scopeOf(path: string | undefined, lessons: string, cwd: string): Scope {
  const all = `nothing for all of ${relative(cwd, lessons) || lessons}`;
  if (path === undefined && existsSync(lessons)) return { lessons, course: undefined, lesson: undefined };
  const place = path === undefined ? lessons : [cwd, lessons].map((from) => resolve(from, path)).find(existsSync);
  if (place === undefined || !existsSync(place)) {
    throw new ConfigProblem(
      `There is no ${path ?? lessons}. Name a course, a lesson or a folder of courses, or ${all}.`,
    );
  }
  const scope = whatIs(statSync(place).isDirectory() ? place : dirname(place));
  if (!scope) {
    throw new ConfigProblem(
      `${path} is neither a lesson nor a course nor a folder of courses: a course has a course.yaml, a lesson an index.md below one that has. Name one of those, or ${all}.`,
    );
  }
  const left = [scope.course, scope.lesson].find((name) => name !== undefined && isLeftOut(name));
  if (left !== undefined) throw new ConfigProblem(`${path} is left out: the name "${left}" begins with "${left[0]}".`);
  return scope;
}

function whatIs(folder: string): Scope | undefined {
  const parent = dirname(folder);
  if (existsSync(join(folder, 'course.yaml'))) {
    return { lessons: parent, course: basename(folder), lesson: undefined };
  }
  if (existsSync(join(folder, 'index.md')) && existsSync(join(parent, 'course.yaml'))) {
    return { lessons: dirname(parent), course: basename(parent), lesson: basename(folder) };
  }
  const courses = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'course.yaml')));
  return courses.length > 0 ? { lessons: folder, course: undefined, lesson: undefined } : undefined;
}
