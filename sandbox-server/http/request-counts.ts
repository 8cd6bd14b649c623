/**
 * How often each address has asked, for @fastify/rate-limit. Its own store counts by the host's clock: where that is set
 * back by a day, nobody's minute is over for a day.
 */
import type { FastifyRateLimitStore } from '@fastify/rate-limit';

/** Addresses that are remembered; of more, those that came first are forgotten, as the library's own store does. */
const MAX_ADDRESSES = 5000;

export class RequestCounts implements FastifyRateLimitStore {
  private readonly counts = new Map<string, { count: number; since: number }>();

  incr(
    address: string,
    told: (error: Error | null, result?: { current: number; ttl: number }) => void,
    windowMs: number,
  ): void {
    const now = performance.now();
    const known = this.counts.get(address);
    const entry = known && now - known.since < windowMs ? known : { count: 0, since: now };
    entry.count++;
    this.counts.delete(address); // to the end: the first is the one that has not asked for longest
    this.counts.set(address, entry);
    if (this.counts.size > MAX_ADDRESSES) this.counts.delete(this.counts.keys().next().value!);
    told(null, { current: entry.count, ttl: windowMs - (now - entry.since) });
  }

  /** Each route with a limit of its own counts for itself. */
  child(): FastifyRateLimitStore {
    return new RequestCounts();
  }
}
