import type { Clock } from '../../../site/terminal/clock.ts';

/** The page's clock, in Node: timers are numbers there. */
export const nodeClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, milliseconds) => Number(setTimeout(callback, milliseconds)),
  clearTimeout: (timer) => clearTimeout(timer),
};
