/**
 * Jumps to each task of a lesson: a sandbox over the layer of its start, with the live blocks done again. There a learner
 * must find what they find who come from the top: what it needs is done, the task is not, and its solution leads on.
 */
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { TaskEntry } from '../../../site/course/manifest.ts';
import type { ImageEntry } from '../../config.ts';
import { LessonFault } from '../../lessons/fault.ts';
import { layerOf } from '../../lessons/layer-names.ts';
import { liveSteps } from '../../lessons/move.ts';
import { playFrom } from '../../lessons/play.ts';
import { Recording, type Play } from '../../lessons/recording.ts';
import { runScript } from '../../lessons/script.ts';
import { performSteps, StepFailed } from '../../lessons/steps.ts';
import type { Case, Fault } from './outcome.ts';
import type { LessonToTest } from './select-lessons.ts';
import type { TestOptions } from './test-lesson.ts';
import { mustFail, mustPass } from './try-check.ts';

interface MoveOptions extends TestOptions {
  image: ImageEntry;
}

/** `holding`: by task, those it needs whose checks passed at its start when the lesson was walked from the top. */
export async function testMoves(
  lesson: LessonToTest,
  holding: ReadonlyMap<string, readonly TaskEntry[]>,
  cases: Case[],
  options: MoveOptions,
): Promise<void> {
  const { entry, course } = lesson;
  if (entry.tasks.length === 0) return;
  const { laboratory, image, signal } = options;
  const layer = (task: string) => layerOf(course, entry, task, image);
  const recording = new Recording(entry, layer);
  const enough = new AbortController();
  const ending = AbortSignal.any([signal, enough.signal]);
  const recorded = recording.run(() => laboratory.start(image), playing(options), ending);
  try {
    for (const task of entry.tasks) {
      const began = performance.now();
      const fault = await faultOfMove(async () => {
        await recording.stored(task.id);
        await using sandbox = await laboratory.start(image, [layer(task.id)]);
        return await lookAround(() => sandbox.connect(), lesson, task, holding.get(task.id) ?? [], options);
      }, signal);
      const ms = Math.round(performance.now() - began);
      const { place = task.check.place, ...told } = fault ?? { what: '' };
      cases.push({ kind: 'move', name: `jump to "${task.id}"`, place, ms, ...(fault && { fault: told }) });
      // The tasks after it begin with what this one leaves.
      if (fault) break;
    }
  } finally {
    // Nobody goes to what would be recorded now, and its sandbox is not to outlive the test.
    enough.abort(new Error('no more of the lesson is wanted'));
    await recorded;
  }
}

type PlacedFault = Fault & { place?: string };

async function lookAround(
  connect: () => Promise<Duplex>,
  { entry }: LessonToTest,
  task: TaskEntry,
  before: readonly TaskEntry[],
  { signal, limits }: MoveOptions,
): Promise<PlacedFault | undefined> {
  await performSteps(connect, liveSteps(entry, task.id), { signal, limits });
  for (const done of before) {
    const fault = await mustPass(connect, done, signal);
    if (fault) {
      const what = `after a jump to "${task.id}" the check of "${done.id}" fails, which passes from the top`;
      return {
        ...fault,
        what,
        expected: 'a "setup live" or "solve live" block for what files cannot hold',
        place: done.check.place,
      };
    }
  }
  const early = await mustFail(connect, task, signal);
  if (early) return { ...early, what: `after a jump to "${task.id}" ${early.what}` };
  const answer = await solve(connect, task, { signal, limits });
  if (task.kind === 'ask' && answer === undefined) return undefined;
  const late = await mustPass(connect, task, signal, answer);
  return late && { ...late, what: `after a jump to "${task.id}" ${late.what}` };
}

/** Of an ask, its answer. */
async function solve(
  connect: () => Promise<Duplex>,
  { kind, solve: steps }: TaskEntry,
  { signal, limits }: Pick<MoveOptions, 'signal' | 'limits'>,
): Promise<string | undefined> {
  if (kind === 'task') await performSteps(connect, steps, { signal, limits });
  const [script] = steps;
  if (kind === 'task' || script?.kind !== 'script') return undefined;
  return (await runScript(connect, script, signal)).stdout.toString('utf8').trim();
}

function playing({ limits, filesFolder }: MoveOptions): Play {
  return {
    ...playFrom(filesFolder),
    perform: (connect, steps, signal) => performSteps(connect, steps, { signal, limits }),
  };
}

async function faultOfMove(
  work: () => Promise<PlacedFault | undefined>,
  signal: AbortSignal,
): Promise<PlacedFault | undefined> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    const step = error instanceof LessonFault ? error.cause : error;
    if (step instanceof StepFailed) return { what: step.what, came: step.detail, place: step.place };
    if (error instanceof LessonFault) return { what: error.detail };
    throw error;
  }
}
