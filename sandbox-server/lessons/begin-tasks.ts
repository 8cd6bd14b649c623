/** What is done in a sandbox when tasks begin: their setup, then what files cannot hold. */
import type { Duplex } from 'node:stream';
import type { TaskEntry } from '../../site/course/manifest.ts';
import { toFault } from './fault.ts';
import { performSteps } from './steps.ts';

/** Rejects with a `LessonFault` where a step fails, and as the stream does where the sandbox ends. */
export async function beginTasks(connect: () => Promise<Duplex>, tasks: readonly TaskEntry[]): Promise<void> {
  const steps = tasks.flatMap(({ setup, live }) => [...setup, ...live]);
  await performSteps(connect, steps).catch((error: unknown) => {
    throw toFault(error);
  });
}
