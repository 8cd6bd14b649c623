/** Grades quizzes, and shuffles their answers. */
import { createHmac } from 'node:crypto';
import type { QuizEntry } from '../../site/course/manifest.ts';
import type { QuizProgress } from '../protocol/lesson.ts';
import type { LessonKey, QuizRecord } from '../store/progress.ts';

/** Whether these are all right answers and no other. */
export function isRight(quiz: QuizEntry, chosen: readonly number[]): boolean {
  return quiz.answers.every(({ right }, index) => right === chosen.includes(index));
}

/**
 * The order in which this learner sees the answers: the same at every visit, another for each learner, and nobody's who
 * does not have the secret. An answer that is added at the end moves none of the others.
 */
export function orderFor(quiz: QuizEntry, { learner, course, lesson }: LessonKey, secret: string): number[] {
  const rank = (index: number) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([learner, course, lesson, quiz.id, index]))
      .digest('hex');
  return quiz.answers
    .map((_, index) => ({ index, rank: rank(index) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ index }) => index);
}

export function quizProgress(
  quiz: QuizEntry,
  record: QuizRecord | undefined,
  key: LessonKey,
  secret: string,
): QuizProgress {
  // The quiz may have lost answers since.
  const chosen = record?.chosen.filter((index) => index < quiz.answers.length) ?? [];
  return {
    id: quiz.id,
    order: orderFor(quiz, key, secret),
    chosen,
    right: chosen.length > 0 ? isRight(quiz, chosen) : null,
    verdicts: chosen.map((answer) => ({ answer, ...quiz.answers[answer]! })),
    tries: record?.tries ?? 0,
  };
}
