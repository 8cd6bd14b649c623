/**
 * Sandboxes in memory, for tests of what lies above the driver. It keeps the contract of ../driver.ts, held by the same
 * suite as the drivers of real engines; its "container" is a toy shell (shell.ts).
 */
import type { Duplex } from 'node:stream';
import {
  DriverError,
  type CallOptions,
  type DriverState,
  type SandboxDriver,
  type SandboxSpec,
  type SandboxStats,
  type SandboxStatus,
} from '../driver.ts';
import { FakeInit } from './init.ts';

interface FakeSandbox {
  spec: SandboxSpec;
  /** The disk: it lives as long as the sandbox. */
  files: Map<string, string>;
  state: Exclude<DriverState, 'gone'>;
  init: FakeInit | undefined;
}

/** What a host is to real drivers: it outlives each of them. */
export class FakeHost {
  readonly sandboxes = new Map<string, FakeSandbox>();
  readonly images: ReadonlySet<string>;

  constructor(images: string[] = ['image']) {
    this.images = new Set(images);
  }
}

export class FakeDriver implements SandboxDriver {
  readonly capabilities = { freeze: true } as const;
  protected readonly host: FakeHost;

  constructor(host = new FakeHost()) {
    this.host = host;
  }

  async create(id: string, spec: SandboxSpec, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    if (this.host.sandboxes.has(id)) return;
    if (!this.host.images.has(spec.image)) throw new DriverError('image-missing', `no image ${spec.image}`);
    this.host.sandboxes.set(id, { spec, files: new Map(), state: 'stopped', init: undefined });
  }

  async start(id: string, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const sandbox = this.known(id);
    if (sandbox.state === 'stopped') sandbox.init = new FakeInit(sandbox.files);
    sandbox.state = 'ready';
  }

  async connect(id: string, options?: CallOptions): Promise<Duplex> {
    options?.signal?.throwIfAborted();
    const sandbox = this.known(id);
    if (sandbox.state !== 'ready' || !sandbox.init) throw new DriverError('not-running', `${id} is ${sandbox.state}`);
    return sandbox.init.connect();
  }

  async freeze(id: string): Promise<void> {
    this.running(id).state = 'frozen';
  }

  async thaw(id: string): Promise<void> {
    this.running(id).state = 'ready';
  }

  async stop(id: string): Promise<void> {
    const sandbox = this.known(id);
    sandbox.init?.end();
    sandbox.init = undefined;
    sandbox.state = 'stopped';
  }

  async destroy(id: string): Promise<void> {
    if (!this.host.sandboxes.has(id)) return;
    await this.stop(id);
    this.host.sandboxes.delete(id);
  }

  async status(id: string): Promise<DriverState> {
    return this.host.sandboxes.get(id)?.state ?? 'gone';
  }

  async list(): Promise<SandboxStatus[]> {
    return [...this.host.sandboxes].map(([id, { state }]) => ({ id, state }));
  }

  async stats(id: string): Promise<SandboxStats> {
    this.running(id);
    return { memoryBytes: 1024, processes: 1, cpuMicroseconds: 1, outOfMemoryKills: 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private known(id: string): FakeSandbox {
    const sandbox = this.host.sandboxes.get(id);
    if (!sandbox) throw new DriverError('unknown', `no sandbox ${id}`);
    return sandbox;
  }

  private running(id: string): FakeSandbox {
    const sandbox = this.known(id);
    if (sandbox.state === 'stopped') throw new DriverError('not-running', `${id} is stopped`);
    return sandbox;
  }
}
