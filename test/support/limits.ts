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

/** Nothing of what an operator may limit: tests that are about a limit set it. */
export const NO_LIMITS = {
  poolSize: 0,
  sandboxesPerLearner: 0,
  sandboxesPerAddress: 0,
  startsPerLearner: 0,
  startsPerAddress: 0,
  learnersPerAddress: 1000,
  queueLength: 100,
  minFreeMemoryBytes: 0,
  minFreeDiskBytes: 0,
  idleFreezeMs: 0,
  idleStopMs: 0,
  expiryMs: 0,
  extendMs: 0,
  sessionTimeMs: 0,
  sessionExtendMs: 0,
};
