import { beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../sandbox-server/store/database.ts';
import { Learners } from '../../../sandbox-server/store/learners.ts';
import { Progress } from '../../../sandbox-server/store/progress.ts';

let database: Database;
let clock: number;
let progress: Progress;
const KEY = { learner: 'ada', course: 'course', lesson: 'lesson' };

beforeEach(() => {
  database = openDatabase(':memory:');
  clock = 1000;
  const learners = new Learners(database, () => clock);
  for (const id of ['ada', 'ben']) learners.create(id);
  progress = new Progress(database, () => clock);
});

test('what was done first stays as it was', () => {
  progress.open(KEY);
  expect(progress.markDone(KEY, 'one')).toBe(1000);
  clock = 2000;
  progress.open(KEY);
  expect(progress.markDone(KEY, 'one')).toBe(1000);
  progress.noteSolution(KEY, 'one');
  progress.noteHints(KEY, 'one', 3);
  progress.noteHints(KEY, 'one', 2);
  progress.noteAnswer(KEY, 'one', 'first');
  progress.noteAnswer(KEY, 'one', 'second');
  clock = 3000;
  progress.noteSolution(KEY, 'one');
  const { firstAt, lastAt, tasks } = progress.of(KEY)!;
  expect({ firstAt, lastAt }).toEqual({ firstAt: 1000, lastAt: 2000 });
  expect([...tasks]).toEqual([['one', { doneAt: 1000, hints: 3, solutionAt: 2000, answer: 'second' }]]);
});

test('of a quiz the newest choice is kept, how many there were, and when the first was right', () => {
  progress.open(KEY);
  progress.noteQuiz(KEY, 'quiz', [1], false);
  expect(progress.of(KEY)!.quizzes.get('quiz')).toEqual({ chosen: [1], tries: 1, doneAt: null });
  clock = 2000;
  progress.noteQuiz(KEY, 'quiz', [0, 2], true);
  clock = 3000;
  progress.noteQuiz(KEY, 'quiz', [0], false);
  progress.noteQuiz(KEY, 'quiz', [0, 2], true);
  expect(progress.of(KEY)!.quizzes.get('quiz')).toEqual({ chosen: [0, 2], tries: 4, doneAt: 2000 });
});

test('each learner, course and lesson is for itself, the one that was opened last first', () => {
  const other = { ...KEY, lesson: 'other' };
  progress.open(KEY);
  clock = 2000;
  progress.open(other);
  progress.open({ ...KEY, learner: 'ben' });
  progress.markDone(other, 'one');
  progress.setPlace(other, { anchor: 'heading', offset: 12.6 });
  expect(progress.all('ada').map(({ lesson, tasks, place }) => [lesson, tasks.size, place])).toEqual([
    ['other', 1, { anchor: 'heading', offset: 13 }],
    ['lesson', 0, { anchor: '', offset: 0 }],
  ]);
  expect(progress.all('ben')).toHaveLength(1);
});

test('with the learner, all of it is deleted', () => {
  progress.open(KEY);
  progress.markDone(KEY, 'one');
  progress.noteQuiz(KEY, 'quiz', [0], true);
  new Learners(database, () => clock).delete('ada');
  for (const table of ['lesson_progress', 'task_progress', 'quiz_progress']) {
    expect(database.prepare(`SELECT * FROM ${table}`).all(), table).toEqual([]);
  }
});
