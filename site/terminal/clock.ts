/** Time, handed in so that tests can move it. */
export interface Clock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  setTimeout(callback: () => void, milliseconds: number): number;
  clearTimeout(timer: number): void;
}

export const browserClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, milliseconds) => window.setTimeout(callback, milliseconds),
  clearTimeout: (timer) => window.clearTimeout(timer),
};
