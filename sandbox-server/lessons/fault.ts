/** What a learner is told where a step of the lesson's author failed. */
import { LearnerError } from '../session/learner-error.ts';

export class LessonFault extends LearnerError {
  override name = 'LessonFault';
  /** Which step, by its place in the lesson, and what it said: for the author, who reads it over the learner's shoulder. */
  readonly detail: string;

  constructor(detail: string, options?: ErrorOptions) {
    super('lesson-broken', options);
    this.detail = detail;
  }
}
