/**
 * Sandboxes in memory, for tests of what lies above the driver. It keeps the contract of ../driver.ts, held by the same
 * suite as the drivers of real engines; its "container" is a toy shell (shell.ts).
 */
import type { Duplex } from 'node:stream';
import {
  DriverError,
  type CallOptions,
  type DriverState,
  type HostCapacity,
  type SandboxDriver,
  type SandboxSpec,
  type SandboxStats,
  type SandboxStatus,
} from '../driver.ts';
import { FakeInit } from './init.ts';

interface FakeSandbox {
  spec: SandboxSpec;
  /** What its layers hold. */
  under: ReadonlyMap<string, string>;
  /** What it sees: that, and what it wrote over it. It lives as long as the sandbox. */
  files: Map<string, string>;
  state: Exclude<DriverState, 'gone'>;
  init: FakeInit | undefined;
  processorShare: number;
}

/** Files by their name; null: it was deleted. */
type FakeLayer = ReadonlyMap<string, string | null>;

const GIB = 2 ** 30;

/** What a host is to real drivers: it outlives each of them. */
export class FakeHost {
  readonly sandboxes = new Map<string, FakeSandbox>();
  readonly layers = new Map<string, FakeLayer>();
  readonly images: ReadonlySet<string>;
  /** Tests set it: its sandboxes take nothing of it. */
  capacity: HostCapacity = {
    memory: { totalBytes: 8 * GIB, availableBytes: 6 * GIB },
    disk: { totalBytes: 100 * GIB, freeBytes: 50 * GIB },
  };

  constructor(images: string[] = ['image']) {
    this.images = new Set(images);
  }
}

export class FakeDriver implements SandboxDriver {
  readonly capabilities = { freeze: true, snapshot: true } as const;
  protected readonly host: FakeHost;

  constructor(host = new FakeHost()) {
    this.host = host;
  }

  async create(id: string, spec: SandboxSpec, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    if (this.host.sandboxes.has(id)) return;
    if (!this.host.images.has(spec.image)) throw new DriverError('image-missing', `no image ${spec.image}`);
    const under = this.over(spec.layers ?? []);
    this.host.sandboxes.set(id, {
      spec,
      under,
      files: new Map(under),
      state: 'stopped',
      init: undefined,
      processorShare: 1,
    });
  }

  async start(id: string, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const sandbox = this.known(id);
    if (sandbox.state === 'stopped') {
      sandbox.init = new FakeInit(sandbox.files);
      sandbox.processorShare = 1;
    }
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
    const sizeOf = (files: ReadonlyMap<string, string>) =>
      [...files.values()].reduce((sum, { length }) => sum + length, 0);
    return [...this.host.sandboxes].map(([id, { state, files }]) => ({ id, state, diskBytes: 1024 + sizeOf(files) }));
  }

  async stats(id: string): Promise<SandboxStats> {
    const { processorShare } = this.running(id);
    return { memoryBytes: 1024, processes: 1, cpuMicroseconds: 1, processorShare, outOfMemoryKills: 0 };
  }

  async throttle(id: string, share: number): Promise<void> {
    this.running(id).processorShare = share;
  }

  async snapshot(id: string, layer: string, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const { under, files } = this.known(id);
    if (this.host.layers.has(layer)) return;
    const deleted = [...under.keys()].filter((name) => !files.has(name));
    const written = [...files].filter(([name, content]) => under.get(name) !== content);
    this.host.layers.set(layer, new Map([...deleted.map((name) => [name, null] as const), ...written]));
  }

  async layers(): Promise<string[]> {
    return [...this.host.layers.keys()];
  }

  async removeLayer(layer: string): Promise<void> {
    const used = [...this.host.sandboxes.values()].some(({ spec }) => spec.layers?.includes(layer));
    if (used) throw new DriverError('layer-in-use', `a sandbox lies over layer ${layer}`);
    this.host.layers.delete(layer);
  }

  async capacity(options?: CallOptions): Promise<HostCapacity> {
    options?.signal?.throwIfAborted();
    return this.host.capacity;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private over(layers: readonly string[]): Map<string, string> {
    const files = new Map<string, string>();
    for (const name of layers) {
      const layer = this.host.layers.get(name);
      if (!layer) throw new DriverError('layer-missing', `no layer ${name}`);
      for (const [file, content] of layer) {
        if (content === null) files.delete(file);
        else files.set(file, content);
      }
    }
    return files;
  }

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
