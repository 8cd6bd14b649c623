/** First wait after a loss: long enough for a restarting server to be back, short enough to go unnoticed. */
const FIRST_MS = 250;

/** Longest wait: a learner who looks at the page sees it recover within this time. */
const LONGEST_MS = 15_000;

/** A server that says no for want of room is asked less often. */
const FIRST_AFTER_REFUSAL_MS = 5_000;
const LONGEST_AFTER_REFUSAL_MS = 60_000;

/**
 * How long to wait before an attempt; `failures` counts those before it, from 0. Half of the wait is random: the pages of
 * a class that lost the same server do not come back in the same instant. `random` is in [0, 1).
 */
export function delayBeforeAttempt(failures: number, random: number, refused = false): number {
  const first = refused ? FIRST_AFTER_REFUSAL_MS : FIRST_MS;
  const longest = refused ? LONGEST_AFTER_REFUSAL_MS : LONGEST_MS;
  const full = Math.min(longest, first * 2 ** Math.min(failures, 30));
  return Math.round(full / 2 + (full / 2) * random);
}
