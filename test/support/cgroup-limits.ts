/** What the host holds a sandbox to. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../sandbox-server/config.ts';
import { idsOf, processesOf } from './host.ts';

const ROOT = '/sys/fs/cgroup';
const FILES = [
  'memory.limit_in_bytes',
  'memory.memsw.limit_in_bytes',
  'memory.kmem.tcp.limit_in_bytes',
  'memory.max',
  'memory.swap.max',
  'pids.max',
  'cpu.max',
  'cpu.cfs_quota_us',
  'cpu.cfs_period_us',
  'cpu.shares',
  'cpuset.cpus',
  'devices.list',
  'io.max',
  'blkio.throttle.read_bps_device',
  'blkio.throttle.write_bps_device',
  'cgroup.max.depth',
  'cgroup.max.descendants',
  'release_agent',
  'notify_on_release',
];

/** Each limit of the sandbox by its path, and what the kernel would run on a release. */
export function limitsOf({ cgroup }: Config, id: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const controller of [...readdirSync(ROOT), '.']) {
    for (const dir of ['', join(cgroup, id), join(cgroup, id, 'learner'), join(cgroup, id, 'init')]) {
      for (const file of FILES) {
        const path = join(ROOT, controller, dir, file);
        if (existsSync(path)) found[path] = readFileSync(path, 'utf8');
      }
    }
  }
  return found;
}

/**
 * Processes of the sandbox that a limit does not hold for: `PID: GROUPS`. One that is about to end is among them for a
 * moment: on version 1 the kernel tells of it that it is in no group.
 */
export function atLarge(sandboxes: { config: Config }, id: string): string[] {
  return processesOf(sandboxes.config, idsOf(sandboxes, id)).flatMap((pid) => {
    let groups: string;
    try {
      groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
      if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return [];
    } catch {
      return []; // it has ended
    }
    const limited = groups
      .split('\n')
      .filter((line) => /:(?:memory|pids|devices|freezer|cpu\S*|blkio):|^0::/.test(line));
    const version1 = limited.some((line) => /:memory:/.test(line));
    const out = limited.filter((line) => !(version1 && line.startsWith('0::')) && !line.includes(`/${id}`));
    return out.length > 0 ? [`${pid}: ${out.join(' ')}`] : [];
  });
}
