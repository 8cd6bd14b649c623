/** All that can be found out about courses without a sandbox: their text, their images' descriptions, the school's file. */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

import { inspectCourses } from '../../../site/course/course.ts';
import { CourseProblems, type Problem } from '../../../site/course/problem.ts';
import type { Network } from '../../sandbox/driver.ts';
import { readSchool } from '../../../site/school/school.ts';
import { inspectImages } from './inspect-images.ts';
import type { Scope } from './scope.ts';

export interface Findings {
  /** How many lessons were looked at. */
  lessons: number;
  /** Files are named as seen from the working folder, or in full where they are not below it. */
  problems: Problem[];
}

/** `root` is the program's folder, `cwd` the one that files are named from, `networks` what sandboxes may reach. */
export async function inspect(
  { lessons, course, lesson }: Scope,
  root: string,
  cwd: string,
  networks: readonly Network[] = [],
): Promise<Findings> {
  // Of one lesson all others are read too: its links lead to them.
  const read = await inspectCourses(lessons);
  const found = [...(await schoolProblems(lessons, root)), ...read.problems];
  const here = (file: string) => resolve(dirname(lessons), file);
  const images = inspectImages(lessons, networks);
  const problems = [...found.map((problem) => ({ ...problem, file: here(problem.file) })), ...images];

  const within = (path: string, place: string) => path === place || path.startsWith(`${place}/`);
  const place = [lessons, course, lesson].filter((name) => name !== undefined).join('/');
  return {
    lessons: read.lessons.filter((path) => within(`${lessons}/${path}`, place)).length,
    problems: problems
      .filter(({ file }) => within(file, place))
      .map((problem) => ({ ...problem, file: seenFrom(cwd, problem.file) })),
  };
}

async function schoolProblems(lessons: string, root: string): Promise<readonly Problem[]> {
  try {
    await readSchool(lessons, await readFile(join(root, 'site/styles/tokens.css'), 'utf8'));
    return [];
  } catch (error) {
    if (error instanceof CourseProblems) return error.problems;
    throw error;
  }
}

function seenFrom(cwd: string, file: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') ? file : path;
}
