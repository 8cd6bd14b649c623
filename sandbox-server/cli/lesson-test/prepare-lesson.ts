/** Brings a fresh sandbox to the lesson's start, as a server does before the learner's first prompt. */
import type { Duplex } from 'node:stream';
import { endOfOutput, faultOfScript } from '../../lessons/steps.ts';
import { runScript } from '../../lessons/script.ts';
import { runInSandbox } from '../../sandbox/init/ask.ts';
import type { Fault } from './outcome.ts';
import type { LessonToTest } from './select-lessons.ts';

export async function prepareForLesson(
  connect: () => Promise<Duplex>,
  { entry, files }: LessonToTest,
  signal: AbortSignal,
): Promise<Fault | undefined> {
  if (files) {
    const result = await runInSandbox(await connect(), { op: 'unpack' }, files, signal);
    if (result.status !== 0) return { what: 'its files could not be laid', came: endOfOutput(result) };
  }
  if (entry.setup) {
    const result = await runScript(connect, entry.setup, signal);
    const what = faultOfScript(entry.setup, result);
    if (what !== null) return { what: `setup.sh: ${what}`, came: endOfOutput(result) };
  }
  return undefined;
}
