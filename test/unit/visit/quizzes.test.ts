import { expect, test } from 'vitest';
import { isRight, orderFor, quizProgress } from '../../../sandbox-server/visit/quizzes.ts';

const quiz = (...right: boolean[]) => ({
  id: 'quiz',
  answers: right.map((each) => ({ right: each, explanation: '' })),
});
const KEY = { learner: 'ada', course: 'course', lesson: 'lesson' };

test('a quiz is right by every right answer and no other', () => {
  const several = quiz(true, false, true);
  expect(isRight(several, [0, 2])).toBe(true);
  expect(isRight(several, [2, 0])).toBe(true);
  for (const wrong of [[], [0], [2], [1], [0, 1, 2]]) expect(isRight(several, wrong), String(wrong)).toBe(false);
});

test('the order is the learner’s own, and an answer that is added leaves that of the others as it was', () => {
  const four = quiz(true, false, false, false);
  const five = quiz(true, false, false, false, false);
  const order = orderFor(four, KEY, 'secret');
  expect(orderFor(five, KEY, 'secret').filter((index) => index < 4)).toEqual(order);
  expect(orderFor(four, KEY, 'secret')).toEqual(order);
  const others = Array.from({ length: 24 }, (_, n) => orderFor(four, { ...KEY, learner: `learner-${n}` }, 'secret'));
  expect(new Set(others.map(String)).size).toBeGreaterThan(8);
  const secrets = Array.from({ length: 24 }, (_, n) => orderFor(four, KEY, `secret-${n}`));
  expect(new Set(secrets.map(String)).size).toBeGreaterThan(8);
});

test('an answer that was chosen and is no longer there is not told', () => {
  const record = { chosen: [1, 3], tries: 2, doneAt: 7 };
  expect(quizProgress(quiz(true, false), record, KEY, 'secret')).toMatchObject({
    chosen: [1],
    right: false,
    verdicts: [{ answer: 1, right: false, explanation: '' }],
    tries: 2,
  });
});
