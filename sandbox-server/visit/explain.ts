/** Work on a learner's sandbox that did not come about → what the learner is told. */
import { asShown, cut } from '../checks/plain-text.ts';
import { LessonFault } from '../lessons/fault.ts';
import type { ErrorCode } from '../protocol/errors.ts';
import { MAX_REASON_CHARACTERS } from '../protocol/lesson.ts';
import { toLearnerError } from '../session/learner-error.ts';

/** A lesson's own fault has words for its author. */
export function explain(error: unknown): { code: ErrorCode; detail: string } {
  const detail = error instanceof LessonFault ? cut(asShown(error.detail), MAX_REASON_CHARACTERS) : '';
  return { code: toLearnerError(error).code, detail };
}
