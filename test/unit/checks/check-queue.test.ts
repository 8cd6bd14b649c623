import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CheckQueue, type CheckRequest } from '../../../sandbox-server/checks/check-queue.ts';

/** Checks that end when the test says so. */
class Checks {
  readonly started: string[] = [];
  readonly ended: string[] = [];
  readonly running = new Map<string, (outcome: string) => void>();
  readonly aborted: string[] = [];
  readonly queue = new CheckQueue<string>({
    now: () => Date.now(),
    run: (task, { asked, answer }, signal) => {
      if (this.running.has(task)) throw new Error(`two checks of ${task} at once`);
      this.started.push(`${task}${asked ? '?' : ''}${answer ?? ''}`);
      signal.addEventListener('abort', () => this.aborted.push(task));
      const { promise, resolve } = Promise.withResolvers<string>();
      this.running.set(task, resolve);
      return promise;
    },
    onEnd: (task, _request, outcome) => this.ended.push(`${task}: ${outcome}`),
  });

  async end(task: string, outcome = 'passed'): Promise<void> {
    const resolve = this.running.get(task)!;
    this.running.delete(task);
    resolve(outcome);
    await vi.advanceTimersByTimeAsync(0);
  }
}

let checks: Checks;
const BY_COMMAND: CheckRequest = { asked: false };
const ASKED: CheckRequest = { asked: true };

beforeEach(() => {
  vi.useFakeTimers();
  checks = new Checks();
});
afterEach(() => {
  checks.queue[Symbol.dispose]();
  vi.useRealTimers();
});

test('tasks are checked in order, at most two at once', async () => {
  for (const task of ['a', 'b', 'c', 'd']) checks.queue.add(task, BY_COMMAND);
  expect(checks.started).toEqual(['a', 'b']);
  await checks.end('b');
  expect(checks.started).toEqual(['a', 'b', 'c']);
  await checks.end('a');
  await checks.end('c');
  await checks.end('d');
  expect(checks.ended).toEqual(['b: passed', 'a: passed', 'c: passed', 'd: passed']);
});

test('a trigger while the task is checked means once more afterwards, however many there are', async () => {
  checks.queue.add('a', BY_COMMAND);
  for (let n = 0; n < 5; n++) checks.queue.add('a', BY_COMMAND);
  expect(checks.started).toEqual(['a']);
  await checks.end('a');
  expect(checks.started).toEqual(['a', 'a']);
  await checks.end('a');
  expect(checks.started).toEqual(['a', 'a']);
});

test('what a learner asks goes before what commands trigger, and is not forgotten over them', async () => {
  for (const task of ['a', 'b', 'c', 'd']) checks.queue.add(task, BY_COMMAND);
  checks.queue.add('d', { asked: true, answer: '42' });
  checks.queue.add('d', BY_COMMAND);
  expect(checks.queue.isAsked('d')).toBe(true);
  await checks.end('a');
  expect(checks.started).toEqual(['a', 'b', 'd?42']);
  expect(checks.queue.isAsked('d')).toBe(true);
  await checks.end('d');
  expect(checks.queue.isAsked('d')).toBe(false);
});

test('where checks run one after another without end, a task is checked once a second', async () => {
  const run = async () => {
    checks.queue.add('a', BY_COMMAND);
    if (checks.running.has('a')) await checks.end('a');
  };
  for (let n = 0; n < 100; n++) await run();
  expect(checks.started).toHaveLength(10);
  for (let ms = 0; ms < 5000; ms += 10) {
    await vi.advanceTimersByTimeAsync(10);
    await run();
  }
  expect(checks.started.length).toBeGreaterThanOrEqual(14);
  expect(checks.started.length).toBeLessThanOrEqual(16);
});

test('a task that is held back is checked later, even where nothing triggers it again', async () => {
  for (let n = 0; n < 10; n++) {
    checks.queue.add('a', BY_COMMAND);
    await checks.end('a');
  }
  checks.queue.add('a', ASKED);
  expect(checks.running.size).toBe(0);
  expect(checks.queue.isAsked('a')).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(checks.started.at(-1)).toBe('a?');
  await checks.end('a');
  // After a rest it may be checked a few times at once again.
  await vi.advanceTimersByTimeAsync(60_000);
  for (let n = 0; n < 10; n++) {
    checks.queue.add('a', BY_COMMAND);
    await checks.end('a');
  }
  expect(checks.started).toHaveLength(21);
});

test('one task that is held back, or hangs, holds up no other', async () => {
  checks.queue.add('hangs', BY_COMMAND);
  for (let n = 0; n < 10; n++) {
    checks.queue.add('a', BY_COMMAND);
    await checks.end('a');
  }
  checks.queue.add('a', BY_COMMAND);
  checks.queue.add('b', BY_COMMAND);
  expect([...checks.running.keys()]).toEqual(['hangs', 'b']);
});

test('when the sandbox ends, checks are aborted, nothing more is run, and nothing is told', async () => {
  checks.queue.add('a', BY_COMMAND);
  checks.queue.add('b', BY_COMMAND);
  checks.queue.add('c', BY_COMMAND);
  checks.queue[Symbol.dispose]();
  expect(checks.aborted).toEqual(['a', 'b']);
  await checks.end('a');
  checks.queue.add('d', ASKED);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(checks.started).toEqual(['a', 'b']);
  expect(checks.ended).toEqual([]);
});
