/** Drivers that fail in one named way, for tests of what lies above. Each is a `FakeDriver` but for its name. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError, type CallOptions } from '../driver.ts';
import { FakeDriver, type FakeHost } from './driver.ts';

/** Starts late. */
export class SlowDriver extends FakeDriver {
  private readonly ms: number;

  constructor(ms: number, host?: FakeHost) {
    super(host);
    this.ms = ms;
  }

  override async start(id: string, options?: CallOptions): Promise<void> {
    await sleep(this.ms, undefined, options);
    await super.start(id, options);
  }
}

/** Never gets a sandbox up; ends by the caller's signal only. */
export class NeverReadyDriver extends FakeDriver {
  override start(_id: string, options?: CallOptions): Promise<void> {
    return new Promise((_resolve, reject) => {
      options?.signal?.addEventListener('abort', () => reject(options.signal!.reason as Error), { once: true });
    });
  }
}

/** Its sandboxes start and end by themselves when `die` is called. */
export class DyingDriver extends FakeDriver {
  async die(id: string): Promise<void> {
    await super.stop(id);
  }
}

/** Its sandboxes end slowly: their sockets are closed, and for a while they are still said to run. */
export class LingeringDriver extends FakeDriver {
  private readonly ms: number;

  constructor(ms: number, host?: FakeHost) {
    super(host);
    this.ms = ms;
  }

  async die(id: string): Promise<void> {
    this.host.sandboxes.get(id)?.init?.end();
    await sleep(this.ms);
    await super.stop(id);
  }
}

/** The host has no space for another disk. */
export class FullDiskDriver extends FakeDriver {
  override create(): Promise<void> {
    return Promise.reject(new DriverError('host-disk-full', 'no space left on device'));
  }
}

/** What runs sandboxes cannot be reached. */
export class AwayDriver extends FakeDriver {
  override create(): Promise<void> {
    return Promise.reject(new DriverError('unavailable', 'connection refused'));
  }

  override capacity(): Promise<never> {
    return Promise.reject(new DriverError('unavailable', 'connection refused'));
  }
}
