/** Memory of the whole host, in bytes. */
import { readFile } from 'node:fs/promises';
import { kilobytes } from './kilobytes.ts';

export interface HostMemory {
  /** What programs could still get, caches that would be given up included. */
  available: number;
  /** The kernel's own objects, less the caches it would give up: slabs, stacks of threads, page tables, per-processor data. */
  kernel: number;
}

const KERNEL = ['SUnreclaim', 'KernelStack', 'PageTables', 'Percpu'];

export async function hostMemory(): Promise<HostMemory> {
  const text = await readFile('/proc/meminfo', 'utf8');
  const bytes = (key: string) => kilobytes(text, key) * 1024;
  return { available: bytes('MemAvailable'), kernel: KERNEL.reduce((sum, key) => sum + bytes(key), 0) };
}

/** What `during` has more in use than the mean of before and after: a drift of the host falls out. */
export function inUse(before: HostMemory, during: HostMemory, after: HostMemory): HostMemory {
  return {
    available: (before.available + after.available) / 2 - during.available,
    kernel: during.kernel - (before.kernel + after.kernel) / 2,
  };
}
