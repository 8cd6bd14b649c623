/** Tests one lesson: from top to bottom in a fresh sandbox, then from the start of each of its tasks. */
import { performance } from 'node:perf_hooks';
import { prepareLesson } from '../../lessons/prepare.ts';
import { StepFailed } from '../../lessons/steps.ts';
import type { TypingLimits } from '../../lessons/typist.ts';
import { LearnerError } from '../../session/learner-error.ts';
import type { Spare } from '../../session/spares.ts';
import type { Laboratory } from './laboratory.ts';
import { testMoves } from './moves.ts';
import type { Case, Fault, LessonOutcome } from './outcome.ts';
import type { LessonToTest } from './select-lessons.ts';
import { Walk, type Rewrite } from './walk.ts';

export interface TestOptions {
  laboratory: Laboratory;
  limits: TypingLimits;
  /** Holds the archives of the lessons' files. */
  filesFolder: string;
  signal: AbortSignal;
  /** Counted from 1. */
  run: number;
  /** A sandbox in which something failed stays. */
  keep: boolean;
}

export interface LessonResult {
  outcome: LessonOutcome;
  /** Output blocks that are other than what came. */
  rewrites: Rewrite[];
  /** The sandbox that was kept. */
  kept?: string;
}

/** Resolves whatever fails; rejects where it was aborted. */
export async function testLesson(lesson: LessonToTest, options: TestOptions): Promise<LessonResult> {
  const { laboratory, signal, run, keep } = options;
  const began = performance.now();
  const cases: Case[] = [];
  const result = (rewrites: Rewrite[], kept?: string): LessonResult => {
    const ok = cases.every(({ fault }) => fault === undefined);
    const ms = Math.round(performance.now() - began);
    const outcome = { course: lesson.course.id, lesson: lesson.entry.id, run, ok, ms, cases };
    return { outcome, rewrites, ...(kept !== undefined && { kept }) };
  };
  const note = (name: string, fault: Fault) => cases.push({ kind: 'prepare', name, place: lesson.file, ms: 0, fault });

  const image = laboratory.imageOf(lesson.course.image);
  if (!image) {
    note('image', {
      what: `its image "${lesson.course.image}" was not built`,
      expected: 'slipway image build says why',
    });
    return result([]);
  }
  let walked: Walked = { rewrites: [], holding: new Map() };
  let kept: string | undefined;
  try {
    const sandbox = await laboratory.start(image);
    try {
      walked = await walkThrough(lesson, sandbox, cases, options);
      if (keep && cases.some(({ fault }) => fault)) kept = sandbox.id;
    } finally {
      if (kept === undefined) await sandbox[Symbol.asyncDispose]();
      else laboratory.keep(sandbox);
    }
    // A lesson that fails from the top would fail from its tasks for the same reasons. Outputs decide nothing there.
    if (cases.every(({ kind, fault }) => !fault || kind === 'output')) {
      await testMoves(lesson, walked.holding, cases, { ...options, image });
    }
  } catch (error) {
    signal.throwIfAborted();
    note('sandbox', faultOfSandbox(error));
  }
  return result(walked.rewrites, kept);
}

type Walked = Pick<Walk, 'rewrites' | 'holding'>;

async function walkThrough(
  lesson: LessonToTest,
  sandbox: Spare,
  cases: Case[],
  { limits, filesFolder, signal }: TestOptions,
): Promise<Walked> {
  const connect = () => sandbox.connect();
  const walk = new Walk({ connect, file: lesson.file, play: lesson.play, limits, signal });
  try {
    // What the first task begins with is the walk's to do.
    await prepareLesson(connect, { ...lesson.entry, tasks: [] }, filesFolder, signal);
    await walk.run();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    const fault = { what: error.what, came: error.detail };
    cases.push({ kind: 'prepare', name: 'files and setup.sh', place: error.place, ms: 0, fault });
  } finally {
    cases.push(...walk.cases);
  }
  return walk;
}

function faultOfSandbox(error: unknown): Fault {
  const { cause, message } = error as Error;
  const came = cause instanceof Error ? `${message}: ${cause.message}` : message;
  return { what: error instanceof LearnerError ? 'a sandbox did not start' : 'the sandbox was lost', came };
}
