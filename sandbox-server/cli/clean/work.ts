/** What of learners' work an instance holds. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { sizeText, tryProgram } from '../doctor/probe.ts';

export interface Work {
  /** Sandboxes that have a disk. */
  disks: number;
  /** What the disks take up on this host. */
  size: string;
}

export async function workOf(data: string): Promise<Work> {
  const folder = join(data, 'supervisor', 'sandboxes');
  const disks = listDisks(folder).length;
  if (disks === 0) return { disks, size: '0 B' };
  // Disks are sparse: what counts is what they take up, not their length.
  const { output } = await tryProgram('du', '--summarize', '--block-size=1', folder);
  return { disks, size: sizeText(Number.parseInt(output, 10) || 0) };
}

function listDisks(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
