/** What the host shows of a sandbox: for tests of what must not be there. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../sandbox-server/config.ts';

interface IdRange {
  base: number;
  size: number;
}

/** The host ids that the sandbox has. */
export function idsOf(sandboxes: { config: Config }, id: string): IdRange {
  const meta = readFileSync(join(sandboxes.config.paths.supervisorData, 'sandboxes', id, 'meta.json'), 'utf8');
  return (JSON.parse(meta) as { ids: IdRange }).ids;
}

/** The host's id of the sandbox's process 1. */
export function initOf(sandboxes: { config: Config }, id: string): number {
  const text = readFileSync(join(sandboxes.config.run, 'sandboxes', id, 'init.json'), 'utf8');
  return (JSON.parse(text) as { pid: number }).pid;
}

/** Ids of the processes on the host that run under one of these user ids, but for those of another server's sandboxes. */
export function processesOf(config: Config, ids: IdRange): number[] {
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const status = textOf(`/proc/${pid}/status`);
      const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1] ?? -1);
      // One that has ended waits for the host's process 1, which takes its time.
      if (/^State:\s+Z/m.test(status)) return false;
      if (uid < ids.base || uid >= ids.base + ids.size) return false;
      const cgroups = textOf(`/proc/${pid}/cgroup`);
      return cgroups.includes(config.cgroup) || !cgroups.includes('/slipway');
    });
}

/** Ids of the sandboxes that have a control group below this one. */
export function cgroupsIn(parent: string): string[] {
  const found = execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '5', '-type', 'd', '-path', `*/${parent}*/*`], {
    encoding: 'utf8',
  });
  return [
    ...new Set(
      found
        .split('\n')
        .map((path) => path.split('/').find((name) => SANDBOX_ID.test(name)))
        .filter(isThere),
    ),
  ];
}

/** Ids of the processes in all control groups below this one. */
export function processesIn(parent: string): number[] {
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name) && textOf(`/proc/${name}/cgroup`).includes(`/${parent}/`))
    .map(Number);
}

/** Ids of the sandboxes whose disk, in this folder, has a loop device. */
export function loopsOf(folder: string): string[] {
  const files = namesIn('/sys/block').map((device) => textOf(`/sys/block/${device}/loop/backing_file`));
  return files
    .filter((file) => file.startsWith(folder))
    .map((file) => file.split('/').find((name) => SANDBOX_ID.test(name)))
    .filter(isThere);
}

const SANDBOX_ID = /^[0-9a-hjkmnp-tv-z]{26}$/;
const isThere = (value: string | undefined): value is string => value !== undefined;

/** Everything of a sandbox that is left on the host, but for its disk and what describes it. */
export function tracesOf(config: Config, id: string, ids: IdRange): string[] {
  const found = processesOf(config, ids).map((pid) => `process ${pid}`);
  const cgroups = execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '5', '-type', 'd', '-name', id], {
    encoding: 'utf8',
  });
  found.push(...cgroups.split('\n').filter((path) => path !== ''));
  for (const device of namesIn('/sys/block')) {
    // A loop device holds the disk as long as a mount does, in whatever mount namespace that is.
    if (textOf(`/sys/block/${device}/loop/backing_file`).includes(id)) found.push(device);
  }
  for (const dir of ['sandboxes', 'runtime']) {
    const path = join(config.run, dir, id);
    if (existsSync(path)) found.push(path);
  }
  return found;
}

/** Traces, and what a sandbox keeps while it is stopped. */
export function allTracesOf(config: Config, id: string, ids: IdRange): string[] {
  const kept = join(config.paths.supervisorData, 'sandboxes', id);
  return [...tracesOf(config, id, ids), ...(existsSync(kept) ? [kept] : [])];
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
