/** What defaults are worked out from. */
import { sizeOf } from './values.ts';

/** Of a learner's memory limit a quarter is counted on: an idle shell uses 6 MiB, an idle engine 120, and a class never peaks as one. */
const COUNTED_SHARE = 1 / 4;
/** Left to the machine itself, its caches and this server. */
const HOST_MEMORY_BYTES = sizeOf('1GiB');

export function sandboxesThatFit(hostMemoryBytes: number, sandboxMemoryBytes: number): number {
  const fit = (hostMemoryBytes - HOST_MEMORY_BYTES) / (sandboxMemoryBytes * COUNTED_SHARE);
  return Math.min(100_000, Math.max(1, Math.floor(fit)));
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
