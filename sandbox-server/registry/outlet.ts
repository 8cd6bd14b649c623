/** The way from sandboxes to the class registry: a proxy for each that runs, and what each may store. */
import type { SandboxDriver, SandboxSpec } from '../sandbox/driver.ts';
import type { RegistryUsage } from '../store/registry-usage.ts';
import { Forwards } from './forwards.ts';
import { SandboxProxy } from './proxy.ts';
import { Quota } from './quota.ts';
import { removeRepositories } from './remove.ts';

export interface OutletOptions {
  /** Paths of the registries' sockets. */
  shared: string;
  mine: string;
  registryBytes: number;
  driver: Pick<SandboxDriver, 'connect'>;
  usage: RegistryUsage;
  log: Record<'debug' | 'warn', (fields: object, text: string) => void>;
}

export class RegistryOutlet {
  private readonly options: OutletOptions;
  private readonly quota: Quota;

  constructor(options: OutletOptions) {
    this.options = options;
    this.quota = new Quota(options.usage, options.registryBytes);
  }

  /** Serves a sandbox that runs, until disposed. Undefined where its profile has no way out. */
  open({ id, spec }: { id: string; spec: Pick<SandboxSpec, 'profile'> }): Disposable | undefined {
    if (spec.profile !== 'containers') return undefined;
    const { driver, log } = this.options;
    const stack = new DisposableStack();
    const proxy = stack.use(new SandboxProxy(id, { ...this.options, quota: this.quota }));
    stack.use(new Forwards({ connect: () => driver.connect(id), serve: (connection) => proxy.take(connection), log }));
    return stack;
  }

  /** Removes what a sandbox stored. Where the registry is away, the next start of the gateway does it. */
  async remove(id: string): Promise<void> {
    const { mine, usage, log } = this.options;
    await removeRepositories(mine, usage, id).catch((error: unknown) => {
      log.warn({ sandbox: id, err: error }, 'what a sandbox that is gone stored in the registry is not removed yet');
    });
  }

  /** Removes what sandboxes stored that are none of these. */
  async removeAllBut(ids: ReadonlySet<string>): Promise<void> {
    for (const id of this.options.usage.sandboxes()) if (!ids.has(id)) await this.remove(id);
  }
}
