/** What the kernel charges to a sandbox's control group, in bytes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cgroups } from '../../../sandbox-server/sandbox/oci/supervisor/cgroups.ts';

export interface CgroupMemory {
  /** Everything: programs' pages, the kernel's objects for them, and the pages of files that this sandbox read first. */
  charged: number;
  /** The kernel's own: page tables, stacks, inodes, sockets, the mounts of the namespace. */
  kernel: number;
}

export async function cgroupMemory(cgroups: Cgroups, id: string): Promise<CgroupMemory> {
  if (cgroups.version === 2) {
    const dir = join('/sys/fs/cgroup', cgroups.parent, id);
    const stat = await readFile(join(dir, 'memory.stat'), 'utf8');
    const kernel = /^kernel (\d+)$/m.exec(stat)?.[1];
    return { charged: await number(join(dir, 'memory.current')), kernel: Number(kernel) };
  }
  const dir = join('/sys/fs/cgroup/memory', cgroups.parent, id);
  return {
    charged: await number(join(dir, 'memory.usage_in_bytes')),
    kernel: await number(join(dir, 'memory.kmem.usage_in_bytes')),
  };
}

async function number(path: string): Promise<number> {
  return Number((await readFile(path, 'utf8')).trim());
}
