import { afterEach, expect, test, vi } from 'vitest';
import { RequestCounts } from '../../../sandbox-server/http/request-counts.ts';

const MINUTE = 60_000;

afterEach(() => {
  vi.useRealTimers();
});

function asked(counts: ReturnType<RequestCounts['child']>, address = '192.0.2.1'): number {
  let count = 0;
  counts.incr(address, (_error, result) => (count = result!.current), MINUTE, 3);
  return count;
}

test('requests are counted for each address and each route, and anew after the window', () => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
  const counts = new RequestCounts();
  const ofRoute = counts.child();
  expect([asked(counts), asked(counts), asked(counts, '192.0.2.2'), asked(ofRoute)]).toEqual([1, 2, 1, 1]);
  vi.advanceTimersByTime(MINUTE - 1);
  expect(asked(counts)).toBe(3);
  vi.advanceTimersByTime(1);
  expect(asked(counts)).toBe(1);
});

test('a clock that is set back by a day shuts nobody out for a day', () => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
  const counts = new RequestCounts();
  for (let n = 0; n < 10; n++) asked(counts);
  vi.setSystemTime(Date.now() - 24 * 60 * MINUTE);
  vi.advanceTimersByTime(MINUTE);
  expect(asked(counts)).toBe(1);
});

test('however many addresses ask, only so many are remembered', () => {
  const counts = new RequestCounts();
  for (let n = 0; n < 6000; n++) asked(counts, String(n));
  expect([asked(counts, '0'), asked(counts, '5999')]).toEqual([1, 2]);
});
