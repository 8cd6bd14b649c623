/** Memory of processes, as the kernel counts it. All in bytes. */
import { readFile } from 'node:fs/promises';
import { kilobytes } from './kilobytes.ts';

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
