/** What the host shows of a sandbox: for tests of what must not be there. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
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
  const found = execFileSync('find', [...GROUPS, '-path', `*/${parent}*/*`], {
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

/** Ids of the sandboxes whose disk, in this folder of the supervisor's, has a loop device. */
export function loopsOf(folder: string): string[] {
  const inodes = new Set(loops().map(({ inode }) => inode));
  return namesIn(join(folder, 'sandboxes')).filter((id) => inodes.has(inodeOf(diskOf(folder, id))));
}

/**
 * All loop devices. They are told apart by their file's inode: of its path the kernel tells the name alone, because every
 * sandbox may read it. `deleted`: the file has no name any more.
 */
function loops(): { device: string; inode: number; deleted: boolean }[] {
  const listed = execFileSync('losetup', ['--list', '--noheadings', '--raw', '--output', 'NAME,BACK-INO'], {
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '))
    .map(([path = '', inode]) => {
      const device = basename(path);
      return {
        device,
        inode: Number(inode),
        deleted: textOf(`/sys/block/${device}/loop/backing_file`).includes('(deleted)'),
      };
    });
}

const diskOf = (folder: string, id: string) => join(folder, 'sandboxes', id, 'disk.ext4');
const inodeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.ino ?? -1;

const SANDBOX_ID = /^[0-9a-hjkmnp-tv-z]{26}$/;
const isThere = (value: string | undefined): value is string => value !== undefined;

/** All control groups. Those of other tests come and go meanwhile. */
const GROUPS = ['/sys/fs/cgroup', '-ignore_readdir_race', '-maxdepth', '5', '-type', 'd'];

/** Everything of a sandbox that is left on the host, but for its disk and what describes it. */
export function tracesOf(config: Config, id: string, ids: IdRange): string[] {
  const found = processesOf(config, ids).map((pid) => `process ${pid}`);
  const cgroups = execFileSync('find', [...GROUPS, '-name', id], {
    encoding: 'utf8',
  });
  found.push(...cgroups.split('\n').filter((path) => path !== ''));
  const disk = inodeOf(diskOf(config.paths.supervisorData, id));
  for (const { device, inode, deleted } of loops()) {
    // A loop device holds the disk as long as a mount does, in whatever mount namespace that is; a deleted disk too.
    if (inode === disk || deleted) found.push(device);
  }
  const mounts = textOf('/proc/self/mountinfo').split('\n');
  found.push(...mounts.filter((line) => line.includes(id) || line.includes(join(config.run, 'mnt'))));
  for (const dir of ['sandboxes', 'runtime']) {
    const path = join(config.run, dir, id);
    if (existsSync(path)) found.push(path);
  }
  return found;
}

/** Traces, and what a sandbox keeps while it is stopped. */
export function allTracesOf(config: Config, id: string, ids: IdRange): string[] {
  const disks = join(config.paths.supervisorData, 'sandboxes');
  // Of a disk that is being made or removed too.
  const kept = namesIn(disks).filter((name) => name.endsWith(id));
  return [...tracesOf(config, id, ids), ...kept.map((name) => join(disks, name))];
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
