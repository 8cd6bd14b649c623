/** Tells those who wait where they stand, and how long it will take. */
import type { Departures } from './estimate.ts';
import { type Guest, knownEnds } from './guest.ts';
import type { Obstacle } from './limits.ts';
import type { Line } from './line.ts';
import type { Waiter } from './waiter.ts';

/** One who waits, and what for. */
export interface Waiting {
  waiter: Waiter;
  obstacle: Obstacle;
}

export interface LineNow {
  line: Line<Waiter>;
  departures: Departures;
  guests: Guest[];
  now: number;
}

/** Tells each that something changed for. Returns the milliseconds until the first exact time has run down; Infinity: none. */
export function tellLine(waiting: readonly Waiting[], { line, departures, guests, now }: LineNow): number {
  const order = [...line].map(({ learner }) => learner);
  const ends = knownEnds(guests, now);
  let soonest = Infinity;
  for (const { waiter: first, obstacle } of waiting) {
    const place = order.indexOf(first.learner) + 1;
    const untilFree = obstacle.why === 'disk' ? undefined : departures.untilFree(place, ends);
    for (const waiter of line.of(first.learner)?.waiters ?? []) {
      const aboutMinutes = waiter.estimate.update(untilFree, waiter.place !== place);
      waiter.place = place;
      const wait = obstacle.words(place, aboutMinutes);
      if (wait.why === 'rate') soonest = Math.min(soonest, wait.inMs);
      // An exact time runs down by itself.
      const told = wait.why === 'rate' ? `rate ${Math.round((now + wait.inMs) / 1000)}` : JSON.stringify(wait);
      if (told !== waiter.told) waiter.asking.waits(wait);
      waiter.told = told;
    }
  }
  return soonest;
}
