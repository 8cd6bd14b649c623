/** Reset and jump: brings a learner's sandbox to the state at a task's start. */
import type { CourseEntry, LessonEntry } from '../../site/course/manifest.ts';
import type { MoveAnswer, MoveStage } from '../protocol/lesson.ts';
import { LearnerError } from '../session/learner-error.ts';

export class Mover {
  /**
   * Resolves when the learner's sandbox of the course is another one, as the task finds it. Until then they keep the one
   * that they have, though it is stopped before the other starts. `onStage` hears the stages in order, each once.
   *
   * Rejects with a `LearnerError`: `move-under-way` where one is (of this learner and course), `not-found` where the lesson
   * has no such task, a `LessonFault` with words for the author where a step of the lesson fails, and what else keeps a
   * sandbox from starting.
   */
  async move(
    learner: string,
    course: CourseEntry,
    lesson: LessonEntry,
    task: string,
    onStage: (stage: MoveStage) => void = () => {},
  ): Promise<MoveAnswer> {
    void learner;
    void course;
    void onStage;
    if (!lesson.tasks.some(({ id }) => id === task)) throw new LearnerError('not-found');
    throw new LearnerError('unexpected');
  }
}
