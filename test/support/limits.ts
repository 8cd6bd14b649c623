import type { SandboxLimits } from '../../sandbox-server/sandbox/driver.ts';

/** Small limits, so that a test reaches them soon. */
export const LIMITS: SandboxLimits = {
  memoryBytes: 128 * 1024 * 1024,
  cpus: 1,
  processes: 64,
  diskBytes: 64 * 1024 * 1024,
  inodes: 4096,
  openFiles: 1024,
  diskBytesPerSecond: 200 * 1000 * 1000,
};
