import { expect, test } from 'vitest';
import { beginAfter, stateOf } from '../../../sandbox-server/visit/task-states.ts';
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
