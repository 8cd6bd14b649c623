import type { Profile, SandboxLimits } from '../../sandbox-server/sandbox/driver.ts';

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

/** The same for sandboxes with an engine: what it needs to work at all, and a little. */
export const ENGINE_LIMITS: SandboxLimits = {
  ...LIMITS,
  memoryBytes: 512 * 1024 * 1024,
  processes: 512,
  diskBytes: 512 * 1024 * 1024,
  inodes: 65_536,
  openFiles: 4096,
};

export const LIMITS_OF: Record<Profile, SandboxLimits> = { standard: LIMITS, containers: ENGINE_LIMITS };
