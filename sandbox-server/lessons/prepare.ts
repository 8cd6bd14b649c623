/** Prepares a sandbox for a lesson: its files, its setup.sh, and what its first task begins with. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import { runInSandbox } from '../sandbox/init/ask.ts';
import { UNPACKED } from '../sandbox/init/frames.ts';
import { performSteps, StepFailed, type Step } from './steps.ts';

type Connect = () => Promise<Duplex>;

/** The part of a lesson that prepares a sandbox. */
type Preparation = Pick<LessonEntry, 'id' | 'files' | 'setup' | 'tasks'>;

/** Whether there is anything to do. */
export function needsPreparation(lesson: Preparation): boolean {
  return lesson.files !== null || stepsOf(lesson).length > 0;
}

/**
 * Lays the lesson's files into the learner's home, never over what is there, runs its setup.sh, and does what its first task
 * begins with. May be done again. `filesFolder` holds the archives that the manifest names. Rejects with `StepFailed`
 * where the author is at fault.
 */
export async function prepareLesson(
  connect: Connect,
  lesson: Preparation,
  filesFolder: string,
  signal?: AbortSignal,
): Promise<void> {
  await layFiles(connect, lesson, filesFolder, signal);
  await performSteps(connect, stepsOf(lesson), signal && { signal });
}

/** What is done when these tasks begin. */
export function beginnings(tasks: readonly TaskEntry[]): Step[] {
  return tasks.flatMap(({ setup, live }) => [...setup, ...live]);
}

function stepsOf({ setup, tasks }: Preparation): Step[] {
  return [...(setup ? [setup] : []), ...beginnings(tasks.slice(0, 1))];
}

async function layFiles(connect: Connect, lesson: Preparation, filesFolder: string, signal?: AbortSignal) {
  if (lesson.files === null) return;
  const archive = await readFile(join(filesFolder, lesson.files), signal && { signal });
  const { status, stderr } = await runInSandbox(await connect(), { op: 'unpack' }, archive, signal);
  if (status === UNPACKED.all || status === UNPACKED.leftSomeOut) return;
  throw new StepFailed(`${lesson.id}/files`, '', 'the files could not be laid', stderr.toString('utf8').trim());
}
