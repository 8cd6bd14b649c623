import { expect, it } from 'vitest';
import { wordsOfWait } from '../../../site/terminal/wait-words.ts';

it.each([
  [1, 'You are next in the queue.'],
  [2, 'You are 2nd in the queue.'],
  [3, 'You are 3rd in the queue.'],
  [11, 'You are 11th in the queue.'],
  [22, 'You are 22nd in the queue.'],
  [112, 'You are 112th in the queue.'],
])('place %i is said as: %s', (place, text) => {
  expect(wordsOfWait({ why: 'places', place, aboutMinutes: null }, 0).text).toBe(text);
});

it.each([
  [null, 'How long it takes is not known yet.'],
  [0, 'Less than a minute.'],
  [1, 'About a minute.'],
  [4, 'About 4 minutes.'],
  [60, 'About an hour.'],
  [90, 'About 1.5 hours.'],
  [180, 'About 3 hours.'],
])('a wait of %s minutes is said as: %s', (aboutMinutes, next) => {
  expect(wordsOfWait({ why: 'memory', place: 3, aboutMinutes }, 0).next).toBe(next);
});

it('counts down to the second when too many were started, and says what one’s own limit is about', () => {
  expect(wordsOfWait({ why: 'rate', inMs: 23_000 }, 0).next).toBe('In 23 seconds.');
  expect(wordsOfWait({ why: 'rate', inMs: 23_000 }, 22_500).next).toBe('In a second.');
  expect(wordsOfWait({ why: 'yours', running: 2 }, 0).text).toBe(
    '2 sandboxes run for you, as many as one learner may have here.',
  );
});
