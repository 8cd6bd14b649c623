import { expect, test } from 'vitest';
import { beginAfter, beginPast, isDue, isWatched, stateOf } from '../../../sandbox-server/visit/task-states.ts';
import { lesson, task } from '../../support/lesson-page.ts';

const LESSON = lesson([
  task('a', ''),
  task('b', ''),
  task('c', '', { needs: ['a', 'b'] }),
  task('d', ''),
  task('e', '', { needs: ['a'] }),
]);
const statesAfter = (...done: string[]) => LESSON.tasks.map((each) => stateOf(each, new Set(done)));
const begunBy = (task: string, ...done: string[]) =>
  beginAfter(LESSON, task, new Set([...done, task])).map(({ id }) => id);

test.each<[string[], string[]]>([
  [[], ['open', 'open', 'waiting', 'open', 'waiting']],
  [['a'], ['done', 'open', 'waiting', 'open', 'open']],
  [
    ['a', 'b'],
    ['done', 'done', 'open', 'open', 'open'],
  ],
  // What was done stays done, though an edit made it need another.
  [['c'], ['open', 'open', 'done', 'open', 'waiting']],
])('with %j done, the tasks are %j', (done, states) => {
  expect(statesAfter(...done)).toEqual(states);
});

test('a task begins when the last that it needs is done, or the one before it where it needs none by name', () => {
  expect(begunBy('a')).toEqual(['b', 'e']);
  expect(begunBy('b')).toEqual([]);
  expect(begunBy('b', 'a')).toEqual(['c']);
  expect(begunBy('a', 'b')).toEqual(['c', 'e']);
  expect(begunBy('c', 'a', 'b')).toEqual(['d']);
  expect(begunBy('d')).toEqual([]);
});

test('a task that is done does not begin again', () => {
  expect(begunBy('a', 'b', 'e')).toEqual(['c']);
});

test('a task that is done begins anew where it has something to begin with, in a sandbox where it has not begun', () => {
  const { check } = LESSON.tasks[0]!;
  const prepared = lesson([task('a', ''), { ...task('b', ''), setup: [check] }, task('c', '')]);
  const done = new Set(['a', 'b', 'c']);
  const [a, b, c] = prepared.tasks;
  const begun =
    (...ids: string[]) =>
    ({ id }: { id: string }) =>
      ids.includes(id);
  expect(beginAfter(prepared, 'a', done, begun('a'))).toEqual([b]);
  expect(beginAfter(prepared, 'a', done, begun('a', 'b'))).toEqual([]);
  // So what leads to it is looked at again, and nothing else that is done.
  expect([a, b, c].map((each) => isWatched(prepared, each!, done, begun('a')))).toEqual([true, false, false]);
  expect([a, b, c].map((each) => isWatched(prepared, each!, done, begun('a', 'b')))).toEqual([false, false, false]);
});

test('after a jump what has begun does not begin again', () => {
  const { check } = LESSON.tasks[0]!;
  const prepared = lesson([task('a', ''), { ...task('b', ''), setup: [check] }, { ...task('c', ''), setup: [check] }]);
  const [, b, c] = prepared.tasks;
  const begun = ({ id }: { id: string }) => id !== 'c';
  // Still to be checked, but prepared already.
  expect(beginAfter(prepared, 'a', new Set(['a']), begun)).toEqual([b]);
  expect(isDue(b!, begun)).toBe(false);
  expect(isDue(c!, begun)).toBe(true);
});

test('what was jumped over is not done, is not checked by itself, and lets what needs it be done', () => {
  const given = new Set(['a', 'b']);
  const states = LESSON.tasks.map((each) => stateOf(each, new Set(), given));
  expect(states).toEqual(['open', 'open', 'open', 'open', 'open']);
  const watched = LESSON.tasks.filter((each) => isWatched(LESSON, each, new Set(), () => true, given));
  expect(watched.map(({ id }) => id)).toEqual(['c', 'd', 'e']);
});

test('after a jump begins what follows from the solutions that the sandbox was made with, and has not begun', () => {
  const { check } = LESSON.tasks[0]!;
  const prepared = lesson([
    task('a', ''),
    { ...task('b', '', { needs: ['a'] }), setup: [check] },
    { ...task('c', '', { needs: ['a'] }), setup: [check] },
    { ...task('d', '', { needs: ['b'] }), setup: [check] },
  ]);
  const begun = ({ id }: { id: string }) => ['a', 'b'].includes(id);
  expect(beginPast(prepared, new Set(['a']), new Set(), begun).map(({ id }) => id)).toEqual(['c']);
});
