/** The driver of a server that only shows lessons: there are no sandboxes, and none can be made. */
import type { Duplex } from 'node:stream';
import {
  DriverError,
  type DriverState,
  type HostCapacity,
  type SandboxDriver,
  type SandboxStats,
  type SandboxStatus,
} from './driver.ts';

const off = () => Promise.reject(new DriverError('unsupported', 'sandboxes are off on this server'));

export class OffDriver implements SandboxDriver {
  readonly capabilities = { freeze: false, snapshot: false } as const;

  create(): Promise<void> {
    return off();
  }
  start(): Promise<void> {
    return off();
  }
  connect(): Promise<Duplex> {
    return off();
  }
  freeze(): Promise<void> {
    return off();
  }
  thaw(): Promise<void> {
    return off();
  }
  stop(): Promise<void> {
    return off();
  }
  async destroy(): Promise<void> {}
  async status(): Promise<DriverState> {
    return 'gone';
  }
  async list(): Promise<SandboxStatus[]> {
    return [];
  }
  stats(): Promise<SandboxStats> {
    return off();
  }
  throttle(): Promise<void> {
    return off();
  }
  snapshot(): Promise<void> {
    return off();
  }
  async layers(): Promise<string[]> {
    return [];
  }
  async removeLayer(): Promise<void> {}
  capacity(): Promise<HostCapacity> {
    return off();
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}
