/** Prepares a sandbox for a lesson. */
import type { Duplex } from 'node:stream';
import type { LessonEntry } from '../../site/course/manifest.ts';
import { performSteps } from './steps.ts';

export async function prepareLesson(
  connect: () => Promise<Duplex>,
  { setup, tasks: [first] }: Pick<LessonEntry, 'files' | 'setup' | 'tasks'>,
  _filesFolder: string,
  signal?: AbortSignal,
): Promise<void> {
  const steps = [...(setup ? [setup] : []), ...(first ? [...first.setup, ...first.live] : [])];
  await performSteps(connect, steps, signal && { signal });
}
