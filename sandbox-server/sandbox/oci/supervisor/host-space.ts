/** What this host has left. */
import { readFile, statfs } from 'node:fs/promises';
import { DriverError, type HostCapacity } from '../../driver.ts';

/**
 * Rejects with `host-disk-full` where less than `reserveBytes` are free: disks are sparse, and those that exist need room to
 * grow.
 */
export async function refuseFullHost(dir: string, reserveBytes: number): Promise<void> {
  if ((await diskSpace(dir)).freeBytes < reserveBytes) {
    throw new DriverError('host-disk-full', `${dir}: less than ${reserveBytes} bytes are free`);
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
