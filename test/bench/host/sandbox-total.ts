/** What a sandbox costs the host with whatever runs in it. */
import type { Cgroups } from '../../../sandbox-server/sandbox/oci/supervisor/cgroups.ts';
import { cgroupMemory } from './cgroup-memory.ts';
import { processMemory } from './process-memory.ts';

/** Bytes: the proportional set sizes of its processes, and the kernel memory charged to it. */
export async function sandboxTotal(cgroups: Cgroups, id: string): Promise<number> {
  const { kernel } = await cgroupMemory(cgroups, id);
  const sizes = await Promise.all(
    // A process may end between being listed and being asked.
    (await cgroups.processes(id)).map((pid) =>
      processMemory(pid).then(
        ({ pss }) => pss,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((total, pss) => total + pss, kernel);
}
