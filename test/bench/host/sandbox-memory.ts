/** What one idle sandbox costs the host, in bytes. */
import type { Cgroups } from '../../../sandbox-server/sandbox/oci/supervisor/cgroups.ts';
import { cgroupMemory } from './cgroup-memory.ts';
import { processMemory } from './process-memory.ts';

export interface SandboxMemory {
  /** Proportional set sizes. */
  init: number;
  shell: number;
  /** Pages that no other process of the host has, of both. */
  own: number;
  kernel: number;
  charged: number;
}

/** Throws where the sandbox runs anything but init and one shell: the figure would be of something else. */
export async function sandboxMemory(cgroups: Cgroups, id: string): Promise<SandboxMemory> {
  const processes = await Promise.all((await cgroups.processes(id)).map(processMemory));
  const shell = processes.find(({ name }) => name === 'bash');
  const init = processes.find((each) => each !== shell);
  if (processes.length !== 2 || !shell || !init) {
    throw new Error(`sandbox ${id} runs ${processes.map(({ name }) => name).join(', ')}, not init and a shell`);
  }
  return { init: init.pss, shell: shell.pss, own: init.own + shell.own, ...(await cgroupMemory(cgroups, id)) };
}
