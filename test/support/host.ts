/** What the host shows of a sandbox: for tests of what must not be there. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../sandbox-server/config.ts';
import type { RealSandboxes } from './sandboxes.ts';

interface IdRange {
  base: number;
  size: number;
}

/** The host ids that the sandbox has. */
export function idsOf(sandboxes: RealSandboxes, id: string): IdRange {
  const meta = readFileSync(join(sandboxes.config.paths.supervisorData, 'sandboxes', id, 'meta.json'), 'utf8');
  return (JSON.parse(meta) as { ids: IdRange }).ids;
}

/** Ids of the processes on the host that run under one of these user ids. */
export function processesOf(ids: IdRange): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const uid = Number(/^Uid:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? -1);
      return uid >= ids.base && uid < ids.base + ids.size;
    });
}

/** Everything of a sandbox that is left on the host, but for its disk and what describes it. */
export function tracesOf(config: Config, id: string, ids: IdRange): string[] {
  const found = processesOf(ids).map((pid) => `process ${pid}`);
  for (const controller of namesIn('/sys/fs/cgroup')) {
    const dir = join('/sys/fs/cgroup', controller, config.cgroup, id);
    if (existsSync(dir)) found.push(dir);
  }
  for (const device of namesIn('/sys/block')) {
    if (textOf(`/sys/block/${device}/loop/backing_file`).includes(id)) found.push(device);
  }
  // A mount lives in some mount namespace: look into each that a process is in.
  const seen = new Set<string>();
  for (const pid of namesIn('/proc').filter((name) => /^\d+$/.test(name))) {
    const namespace = linkOf(`/proc/${pid}/ns/mnt`);
    if (namespace === '' || seen.has(namespace)) continue;
    seen.add(namespace);
    const mounts = textOf(`/proc/${pid}/mountinfo`).split('\n');
    for (const mount of mounts) if (mount.includes(id)) found.push(`mount in ${namespace}: ${mount}`);
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

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
