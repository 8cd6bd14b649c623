/** How often something may be done by each of many: so often a minute, all at once or one after the other. */

const MINUTE_MS = 60_000;

interface Bucket {
  /** How often it may still be done, as of `at`. */
  left: number;
  at: number;
}

export class Rates {
  private readonly perMinute: number;
  private readonly now: () => number;
  /** Of those who did it within the last minute: whoever did not may do all of it. */
  private readonly buckets = new Map<string, Bucket>();

  /** `perMinute` 0: as often as one likes. */
  constructor(perMinute: number, now: () => number) {
    this.perMinute = perMinute;
    this.now = now;
  }

  /** Milliseconds until it may be done, where `ahead` more of the same will be done before. */
  waitMs(key: string, ahead = 0): number {
    if (this.perMinute === 0) return 0;
    const missing = 1 + ahead - this.left(key);
    return missing <= 0 ? 0 : Math.ceil((missing * MINUTE_MS) / this.perMinute);
  }

  take(key: string): void {
    if (this.perMinute === 0) return;
    const left = this.left(key) - 1;
    this.forgetFull();
    this.buckets.set(key, { left, at: this.now() });
  }

  private left(key: string): number {
    const bucket = this.buckets.get(key);
    if (!bucket) return this.perMinute;
    // A clock that was turned back must not make anybody wait for longer than a minute.
    const since = Math.max(0, this.now() - bucket.at);
    return Math.min(this.perMinute, bucket.left + (since * this.perMinute) / MINUTE_MS);
  }

  /** Of what was full long ago nothing is kept: the oldest stand first. */
  private forgetFull(): void {
    for (const [key, { at }] of this.buckets) {
      if (Math.abs(this.now() - at) < MINUTE_MS) return;
      this.buckets.delete(key);
    }
  }
}
