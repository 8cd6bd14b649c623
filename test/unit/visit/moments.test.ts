import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WatchEvent } from '../../../sandbox-server/sandbox/init/watch.ts';
import { Moments } from '../../../sandbox-server/visit/moments.ts';

const ended = (terminal = 'main'): WatchEvent => ({ type: 'command-ended', terminal, status: 0 });
const prompt = (waiting: boolean, sure = true, terminal = 'main'): WatchEvent => ({
  type: 'prompt',
  terminal,
  waiting,
  sure,
});

let moments: Moments;
let count: number;

beforeEach(() => {
  vi.useFakeTimers();
  count = 0;
  moments = new Moments(() => count++);
});
afterEach(() => {
  moments[Symbol.dispose]();
  vi.useRealTimers();
});

/** How many moments each of the events brings at once. */
function momentsOf(events: WatchEvent[]): number[] {
  return events.map((event) => {
    const before = count;
    moments.hear(event);
    return count - before;
  });
}

test('a command’s end is one, and the prompt that follows it is none besides', () => {
  expect(momentsOf([prompt(false), ended(), prompt(true)])).toEqual([0, 1, 0]);
});

test('the prompt of a shell that was started as a command is one', () => {
  expect(momentsOf([prompt(false), ended(), prompt(true), prompt(false), prompt(true)])).toEqual([0, 1, 0, 0, 1]);
});

test('a prompt that no mark tells is one each time', () => {
  const session = [prompt(false, false), prompt(true, false)];
  expect(momentsOf([...session, ...session])).toEqual([0, 1, 0, 1]);
});

test('terminals do not answer for one another', () => {
  expect(momentsOf([ended('main'), prompt(true, true, 'second')])).toEqual([1, 1]);
});

test('a command that goes on is one, once', () => {
  moments.hear(prompt(false));
  vi.advanceTimersByTime(10_000);
  expect(count).toBe(1);
});

test('a command that ends at once is no second one later', () => {
  momentsOf([prompt(false), ended(), prompt(true)]);
  vi.advanceTimersByTime(10_000);
  expect(count).toBe(1);
});

test('nothing comes any more when nobody listens', () => {
  moments.hear(prompt(false));
  moments[Symbol.dispose]();
  vi.advanceTimersByTime(10_000);
  expect(count).toBe(0);
});
