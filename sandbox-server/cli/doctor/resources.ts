import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Settings } from '../../config.ts';
import { type Finding, lack, ok, warn } from './finding.ts';
import { readText, sizeText } from './probe.ts';

const GIB = 2 ** 30;
/** Program copy, one image for sandboxes, the class registry's twice (shelf and store), and room to build the largest. */
const LEAST_DISK = 2.5 * GIB;
/** Below, a class's disks fill it. */
const AMPLE_DISK = 10 * GIB;
const AMPLE_MEMORY = 2 * GIB;
/** The gateway holds a few descriptors for each terminal that is looked at. */
const AMPLE_FILES = 16_384;

export function examineDisk(data: string): Finding {
  const folder = nearestFolder(data);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const found = `${sizeText(free)} free in ${folder}`;
  const mend = 'Free some, or choose a folder on a larger disk with --data.';
  if (free < LEAST_DISK) return lack('Disk', found, mend);
  return free < AMPLE_DISK ? warn('Disk', found, mend) : ok('Disk', found);
}

/** The folder, or the nearest above it that exists. */
export function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}

export function examineMemory({ maxSandboxes, memory, engineMemory }: Settings): Finding[] {
  const { total, swap } = parseMeminfo(readText('/proc/meminfo') ?? '');
  const found = `${sizeText(total)}: ${maxSandboxes} sandboxes of up to ${sizeText(memory)} at once, ${sizeText(engineMemory)} with Docker`;
  return [
    total < AMPLE_MEMORY
      ? warn('Memory', found, 'Enough to try it; a class needs more, or a smaller --memory.')
      : ok('Memory', found),
    examineSwap(swap),
  ];
}

export function parseMeminfo(text: string): { total: number; swap: number } {
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return { total: bytes('MemTotal'), swap: bytes('SwapTotal') };
}

/** Only a kernel that counts swap can keep sandboxes from it. */
function examineSwap(swap: number): Finding {
  if (swap === 0) return ok('Swap', 'none');
  const counted =
    existsSync('/sys/fs/cgroup/cgroup.controllers') || existsSync('/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes');
  const found = sizeText(swap);
  return counted
    ? ok('Swap', `${found}, not for sandboxes`)
    : warn('Swap', `${found}, which sandboxes may use too`, 'Boot with swapaccount=1 on the kernel’s command line.');
}

export function examineOpenFiles(): Finding {
  const most = parseOpenFiles(readText('/proc/self/limits') ?? '');
  const found = most === Infinity ? 'unlimited' : String(most);
  return most < AMPLE_FILES
    ? warn('Open files', found, 'ulimit -Hn 65536, or LimitNOFILE= in the unit that starts it')
    : ok('Open files', found);
}

/** The hard limit. */
export function parseOpenFiles(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === 'unlimited' || hard === undefined ? Infinity : Number(hard);
}
