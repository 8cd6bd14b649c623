/** What a learner is told where a step of the lesson's author failed. */
import { MAX_REASON_CHARACTERS } from '../protocol/lesson.ts';
import { DriverError } from '../sandbox/driver.ts';
import { LearnerError } from '../session/learner-error.ts';
import { StepFailed } from './steps.ts';

export class LessonFault extends LearnerError {
  override name = 'LessonFault';
  /** Which step, by its place in the lesson, and what it said: for the author, who reads it over the learner's shoulder. */
  readonly detail: string;

  constructor(detail: string, options?: ErrorOptions) {
    super('lesson-broken', options);
    const tooLong = detail.length > MAX_REASON_CHARACTERS;
    this.detail = tooLong ? `${detail.slice(0, MAX_REASON_CHARACTERS - 1)}…` : detail;
  }

  /** Which step and how, for the log: what it printed may hold what a learner wrote, and what it does is the author's. */
  get step(): string {
    return this.detail.split('\n', 1)[0]!;
  }
}

/** A `LessonFault` where the lesson is to blame; everything else as it is. */
export function toFault(error: unknown): unknown {
  if (error instanceof StepFailed) {
    return new LessonFault([error.message, error.detail].filter((text) => text !== '').join('\n'), { cause: error });
  }
  if (error instanceof DriverError && error.code === 'layer-refused') {
    return new LessonFault(`What the lesson does cannot be recorded: ${error.message}`, { cause: error });
  }
  return error;
}

/** Runs the author's steps under a limit of time, beyond which they are at fault. `ending` ends them before. */
export async function withinLimit(
  what: string,
  ms: number,
  ending: AbortSignal,
  steps: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const limit = AbortSignal.timeout(ms);
  try {
    await steps(AbortSignal.any([ending, limit]));
    ending.throwIfAborted();
  } catch (error) {
    if (ending.aborted) throw ending.reason;
    if (limit.aborted) throw new LessonFault(`${what} had not ended after ${ms / 60_000} minutes`, { cause: error });
    throw toFault(error);
  }
}
