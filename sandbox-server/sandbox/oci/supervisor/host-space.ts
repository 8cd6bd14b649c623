/** Space on the host's disk that is left alone. */
import { statfs } from 'node:fs/promises';
import { DriverError } from '../../driver.ts';

/**
 * New disks and layers are refused below this much free space on the host, in bytes: disks are sparse, and those that exist
 * need room to grow.
 */
const HOST_RESERVE_BYTES = 512 * 1024 * 1024;

/** Rejects with `host-disk-full`. */
export async function refuseFullHost(dir: string): Promise<void> {
  const free = await statfs(dir);
  if (free.bavail * free.bsize < HOST_RESERVE_BYTES) {
    throw new DriverError('host-disk-full', `${dir}: less than ${HOST_RESERVE_BYTES} bytes are free`);
  }
}
