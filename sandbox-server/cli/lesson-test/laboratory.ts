/** Sandboxes for tests of lessons: a supervisor in this process, and no gateway. */
import type { Config, ImageEntry } from '../../config.ts';
import { createLog } from '../../log.ts';
import { RegistryOutlet } from '../../registry/outlet.ts';
import { OciDriver } from '../../sandbox/oci/driver.ts';
import { openSupervisor } from '../../sandbox/oci/supervisor/open.ts';
import { serveSupervisor } from '../../sandbox/oci/supervisor/server.ts';
import { specOf } from '../../session/spec.ts';
import { Spares, type Spare } from '../../session/spares.ts';
import { openDatabase } from '../../store/database.ts';
import { RegistryUsage } from '../../store/registry-usage.ts';
import { SpareRecords } from '../../store/spare-records.ts';
import { startRegistries } from './registries.ts';

export class Laboratory implements AsyncDisposable {
  readonly config: Config;
  /** The container runtime's program and the folder of its state: for whoever looks into a sandbox that was kept. */
  readonly runtime: { program: string; state: string };
  readonly #spares: Spares;
  readonly #stack: AsyncDisposableStack;

  private constructor(config: Config, runtime: Laboratory['runtime'], spares: Spares, stack: AsyncDisposableStack) {
    this.config = config;
    this.runtime = runtime;
    this.#spares = spares;
    this.#stack = stack;
  }

  static async open(config: Config): Promise<Laboratory> {
    const log = createLog('supervisor', 'silent');
    await using stack = new AsyncDisposableStack();
    const { sandboxes, gatewayGroup, runtime } = await openSupervisor(config, log);
    const socket = config.paths.supervisorSocket;
    stack.use(await serveSupervisor(socket, gatewayGroup, sandboxes, log));
    const driver = stack.use(new OciDriver({ run: config.run, socket }));
    // Nothing of a test's is to be known afterwards.
    const database = openDatabase(':memory:');
    stack.defer(() => database.close());
    const now = () => Date.now();
    const { registry, registryBytes, startTimeoutMs } = config;
    let outlet: RegistryOutlet | undefined;
    if (registry.mode === 'on') {
      stack.use(await startRegistries(config));
      outlet = new RegistryOutlet({ ...registry, registryBytes, driver, usage: new RegistryUsage(database, now), log });
    }
    const records = new SpareRecords(database, now);
    const spares = new Spares({ driver, records, startTimeoutMs, log, ...(outlet && { outlet }) });
    const { path: program, root: state } = runtime;
    return new Laboratory(config, { program, state }, spares, stack.move());
  }

  /** Undefined where the image was not built. */
  imageOf(name: string): ImageEntry | undefined {
    return this.config.images[name];
  }

  /** A fresh sandbox that runs, until it is disposed of. */
  start(image: ImageEntry, layers: readonly string[] = []): Promise<Spare> {
    return this.#spares.start(specOf(image, this.config.limits, layers));
  }

  /** The sandbox stays until the laboratory is disposed of. */
  keep(sandbox: Spare): void {
    this.#stack.use(sandbox);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
