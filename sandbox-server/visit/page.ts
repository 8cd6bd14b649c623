/** A page that shows a lesson, as a visit sees it. */
import type { ErrorCode } from '../protocol/errors.ts';
import type { LessonServerMessage } from '../protocol/lesson.ts';

export interface Page {
  tell(message: LessonServerMessage): void;
  close(code: ErrorCode): void;
}
