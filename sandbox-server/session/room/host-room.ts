/** Whether the host has memory and disk for one more sandbox, with what is to be left alone. */
import type { Config } from '../../config.ts';
import type { HostCapacity, SandboxLimits } from '../../sandbox/driver.ts';

/** Of a sandbox's memory limit so much is counted on, as where the setting `maxSandboxes` is worked out. */
const COUNTED_SHARE = 1 / 4;

/** For so long after it was let in a sandbox may not have taken its memory yet, in milliseconds. */
const SETTLE_MS = 15_000;

export class HostRoom {
  private readonly config: Pick<Config, 'minFreeMemoryBytes' | 'minFreeDiskBytes'>;
  private readonly now: () => number;
  /** What was let in and may not have taken its memory yet. */
  private settling: { at: number; bytes: number }[] = [];

  constructor(config: HostRoom['config'], now: () => number) {
    this.config = config;
    this.now = now;
  }

  hasMemory({ memory }: HostCapacity, limits: Pick<SandboxLimits, 'memoryBytes'>): boolean {
    if (this.config.minFreeMemoryBytes === 0) return true;
    const now = this.now();
    this.settling = this.settling.filter(({ at }) => Math.abs(now - at) < SETTLE_MS);
    const promised = this.settling.reduce((sum, { bytes }) => sum + bytes, 0);
    return memory.availableBytes - promised - counted(limits) >= this.config.minFreeMemoryBytes;
  }

  hasDisk({ disk }: HostCapacity): boolean {
    return disk.freeBytes >= this.config.minFreeDiskBytes;
  }

  /** Whether what runs has taken more than it should: what nobody looks at is better ended. */
  isShort({ memory }: HostCapacity): boolean {
    return memory.availableBytes < this.config.minFreeMemoryBytes;
  }

  take(limits: Pick<SandboxLimits, 'memoryBytes'>): void {
    this.settling.push({ at: this.now(), bytes: counted(limits) });
  }
}

function counted({ memoryBytes }: Pick<SandboxLimits, 'memoryBytes'>): number {
  return memoryBytes * COUNTED_SHARE;
}
