/** Sandboxes for tests of lessons: a supervisor in this process, and no gateway. */
import type { Duplex } from 'node:stream';
import type { Config } from '../../config.ts';
import { createLog } from '../../log.ts';
import { RegistryOutlet } from '../../registry/outlet.ts';
import type { SandboxDriver, SandboxSpec } from '../../sandbox/driver.ts';
import { OciDriver } from '../../sandbox/oci/driver.ts';
import { openSupervisor } from '../../sandbox/oci/supervisor/open.ts';
import { serveSupervisor } from '../../sandbox/oci/supervisor/server.ts';
import { randomId } from '../../session/ids.ts';
import { openDatabase } from '../../store/database.ts';
import { RegistryUsage } from '../../store/registry-usage.ts';
import { startRegistries } from './registries.ts';

/** A sandbox that runs, until it is disposed of or kept. */
export interface LabSandbox extends AsyncDisposable {
  id: string;
  connect: () => Promise<Duplex>;
  /** It stays until the laboratory is disposed of. */
  keep(): void;
}

export class Laboratory implements AsyncDisposable {
  readonly config: Config;
  readonly driver: SandboxDriver;
  /** The container runtime's program and the folder of its state: for whoever looks into a sandbox that was kept. */
  readonly runtime: { program: string; state: string };
  readonly #outlet: RegistryOutlet | undefined;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    config: Config,
    driver: SandboxDriver,
    runtime: Laboratory['runtime'],
    outlet: RegistryOutlet | undefined,
    stack: AsyncDisposableStack,
  ) {
    this.config = config;
    this.driver = driver;
    this.runtime = runtime;
    this.#outlet = outlet;
    this.#stack = stack;
  }

  static async open(config: Config): Promise<Laboratory> {
    const log = createLog('supervisor', 'silent');
    await using stack = new AsyncDisposableStack();
    const { sandboxes, gatewayGroup, runtime } = await openSupervisor(config, log);
    const socket = config.paths.supervisorSocket;
    stack.use(await serveSupervisor(socket, gatewayGroup, sandboxes, log));
    const driver = stack.use(new OciDriver({ run: config.run, socket }));
    const outlet = config.registry.mode === 'on' ? await openOutlet(config, config.registry, driver, stack) : undefined;
    const { path: program, root: state } = runtime;
    return new Laboratory(config, driver, { program, state }, outlet, stack.move());
  }

  /** What a sandbox of an image is made of; undefined where the image was not built. */
  specOf(image: string): SandboxSpec | undefined {
    const entry = this.config.images[image];
    if (!entry) return undefined;
    const { id, profile } = entry;
    return { image: id, profile, hostname: 'slip', limits: this.config.limits[profile] };
  }

  /** A fresh sandbox that runs. */
  async start(spec: SandboxSpec): Promise<LabSandbox> {
    const { driver } = this;
    const id = randomId();
    await using stack = new AsyncDisposableStack();
    await driver.create(id, spec);
    stack.defer(() => driver.destroy(id));
    await driver.start(id);
    const forwards = this.#outlet?.open({ id, spec });
    if (forwards) stack.use(forwards);
    const owned = stack.move();
    let kept = false;
    return {
      id,
      connect: () => driver.connect(id),
      keep: () => (kept = true),
      [Symbol.asyncDispose]: async () => {
        if (kept) this.#stack.use(owned);
        else await owned.disposeAsync();
      },
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

/** What learners push is counted in memory: nothing of a test's stays. */
async function openOutlet(
  config: Config,
  { shared, mine }: { shared: string; mine: string },
  driver: SandboxDriver,
  stack: AsyncDisposableStack,
): Promise<RegistryOutlet> {
  stack.use(await startRegistries(config));
  const database = openDatabase(':memory:');
  stack.defer(() => database.close());
  const { registryBytes } = config;
  const usage = new RegistryUsage(database, () => Date.now());
  return new RegistryOutlet({ shared, mine, registryBytes, driver, usage, log: createLog('gateway', 'silent') });
}
