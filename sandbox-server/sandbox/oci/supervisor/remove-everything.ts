/** What `npm run clean` needs of the supervisor: every sandbox ends, and nothing of them stays in the kernel. */
import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import type { Config } from '../../../config.ts';
import { Cgroups } from './cgroups.ts';
import { delegatedParent, delegatedUnit } from './delegation.ts';
import { freeDisk } from './disk-rate.ts';
import { endProcesses } from './end-processes.ts';
import { runTool } from './run-tool.ts';

const KILL_MS = 2000;

/**
 * Ends all sandboxes and removes their cgroups, whether or not a server runs; their disks are files, which the caller
 * removes. Works by the cgroups alone: whatever else is damaged, every process of a sandbox is in one.
 */
export async function removeEverything(config: Pick<Config, 'cgroup' | 'paths'>): Promise<{ sandboxes: number }> {
  const delegated = existsSync('/run/systemd/system') && existsSync('/sys/fs/cgroup/cgroup.controllers');
  const active =
    delegated && (await runTool('systemctl', ['is-active', '--quiet', delegatedUnit(config.cgroup)])).status === 0;
  const parent = delegated
    ? active
      ? await delegatedParent(config.cgroup, config.paths.native)
      : undefined
    : `/${config.cgroup}`;
  if (parent === undefined) return { sandboxes: 0 };
  const cgroups = new Cgroups(parent);
  const ids = await cgroups.list();
  for (const id of ids) {
    await freeDisk(cgroups, id);
    await endProcesses(cgroups, id, undefined, KILL_MS);
    await cgroups.remove(id);
  }
  if (active) await runTool('systemctl', ['stop', delegatedUnit(config.cgroup)]);
  else await cgroups.removeParent();
  return { sandboxes: ids.length };
}

/** How many sandboxes have a disk: what `clean` asks about. */
export async function countDisks(supervisorData: string): Promise<number> {
  return (await readdir(`${supervisorData}/sandboxes`).catch(() => [])).filter((name) => !name.startsWith('.')).length;
}
