/** First wait after a loss: long enough for a restarting server to be back, short enough to go unnoticed. */
const FIRST_MS = 250;

/** A server that was killed is back within two seconds, or four on a busy machine: so many attempts find it at once. */
const SOON = 10;
const SOON_MS = 500;

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
  const doubled = (first: number, times: number, longest: number) =>
    Math.min(longest, first * 2 ** Math.min(times, 30));
  const later = failures - SOON + 1;
  const full = refused
    ? doubled(FIRST_AFTER_REFUSAL_MS, failures, LONGEST_AFTER_REFUSAL_MS)
    : later > 0
      ? doubled(SOON_MS, later, LONGEST_MS)
      : doubled(FIRST_MS, failures, SOON_MS);
  return Math.round(full / 2 + (full / 2) * random);
}
