/** Takes the limits off a sandbox's disk that `launch` set (native/launch/disk_rate.go). */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cgroups } from './cgroups.ts';

const LIMITS = ['read_bps', 'read_iops', 'write_bps', 'write_iops'].map((limit) => `blkio.throttle.${limit}_device`);

/**
 * To be called before the sandbox's processes are ended: what they still write need not be waited for, and the device is
 * others' afterwards.
 */
export async function freeDisk(cgroups: Pick<Cgroups, 'ofDisk' | 'hasInit'>, id: string): Promise<void> {
  const [own, root] = cgroups.ofDisk(id);
  const device = await limitedDevice(own);
  if (device === undefined) return;
  // Where nothing runs any more the device may have another file by now, with limits of its own.
  const taken = existsSync(`/sys/block/loop${device.slice(2)}/loop`) && !(await cgroups.hasInit(id));
  const files: [file: string, value: string][] = [
    [join(own, 'io.max'), `${device} rbps=max wbps=max riops=max wiops=max`],
    ...LIMITS.map((limit): [string, string] => [join(own, limit), `${device} 0`]),
  ];
  if (!taken) {
    if (root !== undefined) files.push(...LIMITS.map((limit): [string, string] => [join(root, limit), `${device} 0`]));
    files.push([`/sys/class/bdi/${device}/strict_limit`, '0'], [`/sys/class/bdi/${device}/max_ratio`, '100']);
  }
  // Not every kernel has each of them.
  await Promise.all(
    files.filter(([file]) => existsSync(file)).map(([file, value]) => writeFile(file, value).catch(() => {})),
  );
}

/** Number of the loop device that has limits in this group. */
async function limitedDevice(group: string): Promise<string | undefined> {
  for (const file of ['io.max', LIMITS[2]!]) {
    const text = await readFile(join(group, file), 'utf8').catch(() => '');
    const [device] = /^7:\d+(?= )/m.exec(text) ?? [];
    if (device !== undefined) return device;
  }
  return undefined;
}
