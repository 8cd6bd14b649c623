/** What of learners’ work an instance holds. */
import { join } from 'node:path';

import { countDisks } from '../../sandbox/oci/supervisor/remove-everything.ts';
import { sizeText, tryProgram } from '../doctor/probe.ts';

export interface Work {
  /** Sandboxes that have a disk. */
  disks: number;
  /** What the disks take up on this host. */
  size: string;
}

export async function workOf(data: string): Promise<Work> {
  const supervisorData = join(data, 'supervisor');
  const disks = await countDisks(supervisorData);
  if (disks === 0) return { disks, size: '0 B' };
  // Disks are sparse: what counts is what they take up, not their length.
  const { output } = await tryProgram('du', '--summarize', '--block-size=1', join(supervisorData, 'sandboxes'));
  return { disks, size: sizeText(Number.parseInt(output, 10) || 0) };
}
