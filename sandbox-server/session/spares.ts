/**
 * Sandboxes that are nobody's yet, or any more. Each is in the database before it is on the host, so that none outlives
 * the gateway for long: a crash leaves a row, and what it names is removed at the next start.
 */
import type { Duplex } from 'node:stream';
import { RecoveryLog, type RecoveryLines } from '../recovery-log.ts';
import type { SandboxDriver, SandboxSpec } from '../sandbox/driver.ts';
import type { SpareRecords } from '../store/spare-records.ts';
import { randomId } from './ids.ts';
import { toLearnerError } from './learner-error.ts';
import type { Outlet } from './sessions-options.ts';

export interface SparesOptions {
  driver: SandboxDriver;
  records: SpareRecords;
  startTimeoutMs: number;
  outlet?: Outlet;
  log: RecoveryLines;
}

/** A sandbox that runs and has no learner. Disposed, it is removed, unless somebody has taken it. */
export class Spare implements AsyncDisposable {
  readonly id: string;
  readonly spec: SandboxSpec;
  private readonly driver: SandboxDriver;
  private readonly outlet: Disposable | undefined;
  private readonly remove: () => Promise<void>;
  private taken = false;

  constructor(
    { id, spec }: { id: string; spec: SandboxSpec },
    { driver, outlet, remove }: { driver: SandboxDriver; outlet: Disposable | undefined; remove(): Promise<void> },
  ) {
    this.id = id;
    this.spec = spec;
    this.driver = driver;
    this.outlet = outlet;
    this.remove = remove;
  }

  connect(): Promise<Duplex> {
    return this.driver.connect(this.id);
  }

  snapshot(layer: string): Promise<void> {
    return this.driver.snapshot(this.id, layer);
  }

  /** From here on it is somebody's, who opens its way out anew. */
  take(): void {
    this.taken = true;
    this.outlet?.[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.taken) return;
    this.outlet?.[Symbol.dispose]();
    await this.remove();
  }
}

export class Spares {
  private readonly options: SparesOptions;
  /** What an earlier gateway left. */
  private readonly left: readonly string[];

  constructor(options: SparesOptions) {
    this.options = options;
    this.left = options.records.all();
  }

  /** A new sandbox that runs. Rejects with a `LearnerError`, and leaves nothing then. */
  async start(spec: SandboxSpec): Promise<Spare> {
    const { driver, records, startTimeoutMs, outlet } = this.options;
    const id = randomId();
    records.add(id);
    try {
      const signal = AbortSignal.timeout(startTimeoutMs);
      await driver.create(id, spec, { signal });
      await driver.start(id, { signal });
      const way = outlet?.open({ id, spec });
      return new Spare({ id, spec }, { driver, outlet: way, remove: () => this.remove(id) });
    } catch (error) {
      void this.remove(id);
      throw toLearnerError(error);
    }
  }

  /** Removes one with all of its files. Where that fails now, the next start of the gateway does it. */
  async remove(id: string): Promise<void> {
    try {
      await this.end(id);
    } catch (error) {
      this.options.log.warn({ sandbox: id, err: error }, 'a sandbox that is nobody’s is not removed yet');
    }
  }

  /** Every one that there is. */
  ids(): string[] {
    return this.options.records.all();
  }

  /** Removes what an earlier gateway left. */
  async clear(): Promise<void> {
    const recovery = new RecoveryLog(this.options.log);
    await Promise.all(
      this.left.map(async (id) => {
        const leftover = {
          kind: 'sandbox',
          id,
          why: 'it was made for a moment, and the gateway ended meanwhile',
        } as const;
        await this.end(id).then(
          () => recovery.removed(leftover),
          (error: unknown) => recovery.notRemoved(leftover, error),
        );
      }),
    );
  }

  private async end(id: string): Promise<void> {
    const { driver, records, outlet } = this.options;
    await driver.destroy(id);
    await outlet?.remove(id);
    records.delete(id);
  }
}
