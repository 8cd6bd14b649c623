/** What this host has left, and how much of its disk is left alone. */
import { readFile, statfs } from 'node:fs/promises';
import { DriverError, type HostCapacity } from '../../driver.ts';

/**
 * New disks and layers are refused below this much free space on the host, in bytes: disks are sparse, and those that exist
 * need room to grow.
 */
const HOST_RESERVE_BYTES = 512 * 1024 * 1024;

/** Rejects with `host-disk-full`. */
export async function refuseFullHost(dir: string): Promise<void> {
  if ((await diskSpace(dir)).freeBytes < HOST_RESERVE_BYTES) {
    throw new DriverError('host-disk-full', `${dir}: less than ${HOST_RESERVE_BYTES} bytes are free`);
  }
}

/** `dir`: where disks are kept. */
export async function hostCapacity(dir: string): Promise<HostCapacity> {
  const meminfo = await readFile('/proc/meminfo', 'utf8');
  return {
    memory: { totalBytes: meminfoBytes(meminfo, 'MemTotal'), availableBytes: meminfoBytes(meminfo, 'MemAvailable') },
    disk: await diskSpace(dir),
  };
}

/** What root may still write does not count as free: the rest of the machine lives on it. */
async function diskSpace(dir: string): Promise<HostCapacity['disk']> {
  const { bsize, blocks, bavail } = await statfs(dir);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}

function meminfoBytes(meminfo: string, name: string): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1];
  if (kib === undefined) throw new DriverError('unsupported', `the kernel does not tell ${name}`);
  return Number(kib) * 1024;
}
