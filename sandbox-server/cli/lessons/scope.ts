/** What a PATH on the command line means: a folder of courses, a course, or a lesson. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

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

/** Throws a `ConfigProblem` for a path that is none of the three. */
export function scopeOf(path: string): Scope {
  const folder = folderOf(resolve(path));
  const scope = whatIs(folder);
  if (!scope) {
    throw new ConfigProblem(
      `${path} is neither a lesson (a folder with index.md), a course (with course.yaml) nor a folder of courses.`,
    );
  }
  const left = [scope.course, scope.lesson].find((name) => name !== undefined && isLeftOut(name));
  if (left !== undefined) throw new ConfigProblem(`${path} is left out: the name "${left}" begins with "${left[0]}".`);
  return scope;
}

/** A lesson's text stands for the lesson, a course.yaml for the course. */
function folderOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new ConfigProblem(`There is no ${path}.`);
  return stat.isDirectory() ? path : dirname(path);
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
