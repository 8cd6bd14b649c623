/** Tests one lesson: from top to bottom in a fresh sandbox, then from the start of each of its tasks. */
import { performance } from 'node:perf_hooks';
import type { TypingLimits } from '../../lessons/typist.ts';
import { DriverError } from '../../sandbox/driver.ts';
import type { LabSandbox, Laboratory } from './laboratory.ts';
import { testMoves } from './moves.ts';
import type { Case, Fault, LessonOutcome } from './outcome.ts';
import { prepareForLesson } from './prepare-lesson.ts';
import type { LessonToTest } from './select-lessons.ts';
import { Walk, type Rewrite } from './walk.ts';

export interface TestOptions {
  laboratory: Laboratory;
  limits: TypingLimits;
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
    const outcome = { course: lesson.course, lesson: lesson.entry.id, run, ok, ms, cases };
    return { outcome, rewrites, ...(kept !== undefined && { kept }) };
  };
  const note = (name: string, fault: Fault) => cases.push({ kind: 'prepare', name, place: lesson.file, ms: 0, fault });

  const spec = laboratory.specOf(lesson.image);
  if (!spec) {
    note('image', { what: `its image "${lesson.image}" was not built`, expected: 'slipway image build says why' });
    return result([]);
  }
  let rewrites: Rewrite[] = [];
  let kept: string | undefined;
  try {
    await using sandbox = await laboratory.start(spec);
    rewrites = await walkThrough(lesson, sandbox, cases, options);
    const failed = cases.some(({ fault }) => fault !== undefined);
    if (failed && keep) {
      sandbox.keep();
      kept = sandbox.id;
    }
    // A lesson that fails from the top would fail from its tasks for the same reasons. Outputs decide nothing there.
    if (cases.every(({ kind, fault }) => !fault || kind === 'output')) await testMoves(lesson, spec, cases, options);
  } catch (error) {
    signal.throwIfAborted();
    note('sandbox', faultOfSandbox(error));
  }
  return result(rewrites, kept);
}

async function walkThrough(
  lesson: LessonToTest,
  { connect }: LabSandbox,
  cases: Case[],
  { limits, signal }: TestOptions,
): Promise<Rewrite[]> {
  const fault = await prepareForLesson(connect, lesson, signal);
  if (fault) {
    cases.push({
      kind: 'prepare',
      name: 'files and setup',
      place: lesson.entry.setup?.place ?? lesson.file,
      ms: 0,
      fault,
    });
    return [];
  }
  const walk = new Walk({ connect, file: lesson.file, play: lesson.play, limits, signal });
  try {
    await walk.run();
  } finally {
    cases.push(...walk.cases);
  }
  return walk.rewrites;
}

function faultOfSandbox(error: unknown): Fault {
  const { message } = error as Error;
  if (error instanceof DriverError) return { what: `the sandbox did not start: ${error.code}`, came: message };
  return { what: 'the sandbox was lost', came: message };
}
