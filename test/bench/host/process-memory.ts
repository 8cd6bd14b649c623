/** Memory of processes, as the kernel counts it. All in bytes. */
import { readFile } from 'node:fs/promises';

export interface ProcessMemory {
  name: string;
  /** Pages of its own, and of each shared page its share among those that have it. */
  pss: number;
  /** Pages that nobody else has: what its end gives back. */
  own: number;
  /** Pages that it has in memory, shared ones in full. */
  rss: number;
}

export async function processMemory(pid: number): Promise<ProcessMemory> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const name = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
  const bytes = (key: string) => kilobytes(rollup, key) * 1024;
  return {
    name,
    pss: bytes('Pss'),
    own: bytes('Private_Clean') + bytes('Private_Dirty'),
    rss: bytes('Rss'),
  };
}

/** What programs could still get on this host, caches that would be given up included. */
export async function availableMemory(): Promise<number> {
  return kilobytes(await readFile('/proc/meminfo', 'utf8'), 'MemAvailable') * 1024;
}

function kilobytes(text: string, key: string): number {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  if (found === undefined) throw new Error(`the kernel tells no ${key}`);
  return Number(found);
}
