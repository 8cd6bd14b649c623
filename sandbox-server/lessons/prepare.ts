/** Prepares a sandbox for a lesson: its files, its setup.sh, and what its first task begins with. */
import { createReadStream } from 'node:fs';
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

/**
 * How long it may take to lay a lesson's files, in milliseconds, as long as a script where nothing is said: a learner can
 * have made a home that takes nothing, and whoever prepares it keeps the sandbox from resting.
 */
const LAY_MS = 60_000;

async function layFiles(connect: Connect, lesson: Preparation, filesFolder: string, signal?: AbortSignal) {
  const { files } = lesson;
  if (files === null) return;
  const failed = (detail: string) =>
    new StepFailed(`${lesson.id}/files`, '', 'the files could not be laid', detail.trim());
  const limit = AbortSignal.timeout(LAY_MS);
  // A class may begin a lesson in the same minute: nobody's archive is held in memory.
  const archive = () => createReadStream(join(filesFolder, files));
  try {
    const ending = AbortSignal.any([limit, ...(signal ? [signal] : [])]);
    const { status, stderr } = await runInSandbox(await connect(), { op: 'unpack' }, archive, ending);
    if (status !== UNPACKED.all && status !== UNPACKED.leftSomeOut) throw failed(stderr.toString('utf8'));
  } catch (error) {
    throw limit.aborted && !signal?.aborted ? failed(`They were not there after ${LAY_MS / 1000} s.`) : error;
  }
}
