/**
 * The sandboxes of this host: the driver's contract (../../driver.ts), less the streams, which the gateway opens itself.
 * What runs is found out from the kernel each time, so that a supervisor that is started again knows as much as one that
 * was there all along.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RecoveryLog, type RecoveryLines } from '../../../recovery-log.ts';
import {
  DriverError,
  type DriverState,
  type HostCapacity,
  type SandboxSpec,
  type SandboxStats,
  type SandboxStatus,
} from '../../driver.ts';
import type { NetworkLimits } from '../../../config.ts';
import type { Cgroups } from './cgroups.ts';
import type { Disks, SandboxMeta } from './disks.ts';
import { unlessLacking } from '../host-lack.ts';
import { KeyedQueue } from '../keyed-queue.ts';
import { freeDisk } from './disk-rate.ts';
import { endProcesses } from './end-processes.ts';
import { hostCapacity } from './host-space.ts';
import type { Layers } from './layers.ts';
import { PROFILES } from './profiles.ts';
import type { SupervisorPaths } from './paths.ts';
import { isAlive, type ProcessIdentity } from './process.ts';
import { reconcile } from './reconcile.ts';
import { callRuntime, type RuntimeSpec } from './runtime.ts';
import { startInit } from './start-init.ts';

/** How long the last processes of a sandbox may take to end after they were killed. */
const KILL_MS = 1500;

export interface Host {
  run: string;
  paths: SupervisorPaths;
  disks: Disks;
  layers: Layers;
  cgroups: Cgroups;
  runtime: RuntimeSpec;
  /** Group of the gateway's user: it alone may connect to init. */
  gatewayGroup: number;
  /** The host's own limit of open files, which cannot be exceeded without privilege. */
  maxOpenFiles: number;
  /** After how long an engine that nobody uses ends, in milliseconds; 0: never. */
  engineIdleMs: number;
  /** What this host lacks for profiles with an engine; undefined where it lacks nothing. */
  engineLack: string | undefined;
  /** What sandboxes whose image asks for the internet get; undefined: whoever runs the host allows none. */
  internet: Internet | undefined;
  log: RecoveryLines & { info(fields: object, text: string): void };
}

export interface Internet {
  /** Path of the host's network namespace. */
  hostNetwork: string;
  limits: NetworkLimits;
}

export class Sandboxes {
  private readonly host: Host;
  private readonly queue = new KeyedQueue();
  /** Starts that are under way: who ends the sandbox does not wait for a runtime that hangs. */
  private readonly launching = new Map<string, AbortController>();
  /** Layers of sandboxes that are being made, by their id: no disk tells of them yet. */
  private readonly wanted = new Map<string, readonly string[]>();

  constructor(host: Host) {
    this.host = host;
  }

  create(id: string, spec: SandboxSpec): Promise<void> {
    return this.queue.run(id, async () => {
      const { disks, paths } = this.host;
      if (disks.get(id) || disks.isBroken(id)) return;
      this.refuseUnsupported(spec);
      const rootfs = join(paths.images, spec.image, 'rootfs');
      if (!(await readdir(rootfs).catch(unlessLacking))) {
        throw new DriverError('image-missing', `${rootfs} does not exist`);
      }
      const { layers: wanted = [] } = spec;
      const missing = wanted.find((layer) => !this.host.layers.has(layer));
      if (missing !== undefined) throw new DriverError('layer-missing', `no layer ${missing}`);
      this.wanted.set(id, wanted);
      try {
        await disks.create(id, spec);
      } finally {
        this.wanted.delete(id);
      }
    });
  }

  start(id: string): Promise<void> {
    return this.queue.run(id, async () => {
      const meta = this.known(id);
      const state = await this.state(id);
      if (state === 'ready') return;
      if (state === 'frozen') return this.host.cgroups.setFrozen(id, false);
      this.refuseUnsupported(meta.spec);
      await this.clear(id);
      const ending = new AbortController();
      this.launching.set(id, ending);
      try {
        await startInit(this.host, id, meta, ending.signal);
      } catch (error) {
        await this.clear(id).catch((clearing: unknown) =>
          this.host.log.warn({ sandbox: id, err: clearing }, 'a failed start was not cleared'),
        );
        throw error;
      } finally {
        this.launching.delete(id);
      }
    });
  }

  freeze(id: string): Promise<void> {
    return this.queue.run(id, async () => {
      if ((await this.running(id)) === 'ready') await this.host.cgroups.setFrozen(id, true);
    });
  }

  thaw(id: string): Promise<void> {
    return this.queue.run(id, async () => {
      if ((await this.running(id)) === 'frozen') await this.host.cgroups.setFrozen(id, false);
    });
  }

  stop(id: string): Promise<void> {
    this.launching.get(id)?.abort();
    return this.queue.run(id, async () => {
      this.known(id);
      await this.clear(id);
    });
  }

  destroy(id: string): Promise<void> {
    this.launching.get(id)?.abort();
    return this.queue.run(id, async () => {
      if (!this.host.disks.get(id) && !this.host.disks.isBroken(id)) return;
      await this.clear(id);
      await this.host.disks.destroy(id);
    });
  }

  status(id: string): Promise<DriverState> {
    return this.queue.run(id, async () => (this.host.disks.ids().includes(id) ? this.state(id) : 'gone'));
  }

  async list(): Promise<SandboxStatus[]> {
    const { disks } = this.host;
    return Promise.all(
      disks.ids().map(async (id) => {
        const [state, diskBytes] = await Promise.all([this.state(id), disks.taken(id)]);
        return { id, state, ...(diskBytes !== undefined && { diskBytes }) };
      }),
    );
  }

  stats(id: string): Promise<SandboxStats> {
    return this.queue.run(id, async () => {
      await this.running(id);
      return this.host.cgroups.stats(id, this.known(id).spec.limits.cpus);
    });
  }

  throttle(id: string, share: number): Promise<void> {
    return this.queue.run(id, async () => {
      await this.running(id);
      await this.host.cgroups.setProcessors(id, this.known(id).spec.limits.cpus * share);
    });
  }

  /** Stores what the sandbox wrote. What runs in it stands still meanwhile. */
  snapshot(id: string, layer: string): Promise<void> {
    return this.queue.run(id, async () => {
      const { disks, layers, cgroups, log } = this.host;
      const { ids } = this.known(id);
      if (layers.has(layer)) return;
      const state = await this.state(id);
      if (state === 'ready') await cgroups.setFrozen(id, true);
      if (state === 'stopped') await this.clear(id); // one that ended by itself may have left something that writes
      try {
        const stored = await layers.store(layer, { disk: disks.path(id), ids });
        log.info({ sandbox: id, layer, ...stored }, 'stored');
      } finally {
        if (state === 'ready') await cgroups.setFrozen(id, false);
      }
    });
  }

  async layers(): Promise<string[]> {
    return this.host.layers.ids();
  }

  async removeLayer(layer: string): Promise<void> {
    const { disks, layers } = this.host;
    if (!layers.has(layer)) return;
    if (disks.use(layer) || [...this.wanted.values()].some((each) => each.includes(layer))) {
      throw new DriverError('layer-in-use', `a sandbox lies over layer ${layer}`);
    }
    await layers.remove(layer);
  }

  capacity(): Promise<HostCapacity> {
    return hostCapacity(this.host.paths.sandboxes);
  }

  /** Removes what belongs to no sandbox: left by a crash between two steps. Returns ids of those that had left it. */
  reconcile(): Promise<string[]> {
    const { paths, cgroups, disks, log } = this.host;
    return reconcile({
      paths,
      cgroups,
      find: async (id) => {
        if (!disks.ids().includes(id)) return 'gone';
        return (await this.state(id)) === 'stopped' ? 'stopped' : 'runs';
      },
      clear: (id) => this.queue.run(id, () => this.clear(id)),
      recovery: new RecoveryLog(log),
    });
  }

  /** Resolves when no call is under way. */
  drained(): Promise<void> {
    return this.queue.drained();
  }

  private refuseUnsupported({ profile }: SandboxSpec): void {
    const { engineLack } = this.host;
    if (PROFILES[profile].engine && engineLack !== undefined) {
      throw new DriverError('profile-unsupported', `profile ${profile}: ${engineLack}`);
    }
  }

  private known(id: string): SandboxMeta {
    const meta = this.host.disks.get(id);
    if (this.host.disks.isBroken(id))
      throw new DriverError('start-failed', `the description of sandbox ${id} cannot be read`);
    if (!meta) throw new DriverError('unknown', `no sandbox ${id}`);
    return meta;
  }

  private async running(id: string): Promise<'ready' | 'frozen'> {
    this.known(id);
    const state = await this.state(id);
    if (state === 'stopped') throw new DriverError('not-running', `sandbox ${id} is stopped`);
    return state;
  }

  private async state(id: string): Promise<Exclude<DriverState, 'gone'>> {
    const init = await this.init(id);
    if (!init || !(await isAlive(init))) return 'stopped';
    return (await this.host.cgroups.isFrozen(id)) ? 'frozen' : 'ready';
  }

  private async init(id: string): Promise<ProcessIdentity | undefined> {
    const text = await readFile(join(this.host.paths.running, id, 'init.json'), 'utf8').catch(unlessLacking);
    try {
      return text === undefined ? undefined : (JSON.parse(text) as ProcessIdentity);
    } catch {
      return undefined; // written by half when the host went down
    }
  }

  /** Ends every process of the sandbox and removes all that its running left on the host. Its disk stays. */
  private async clear(id: string): Promise<void> {
    const { paths, cgroups, runtime, log } = this.host;
    await freeDisk(cgroups, id);
    const left = await endProcesses(cgroups, id, await this.init(id), KILL_MS);
    if (left.length > 0) log.warn({ sandbox: id, processes: left }, 'processes do not end');
    await cgroups.remove(id);
    const known: string[] = (await readdir(paths.runtime).catch(unlessLacking)) ?? [];
    if (known.includes(id)) {
      await callRuntime(paths, runtime, 'delete', '--force', id);
      // Where it hangs, or does not know its own state any more: no process of it is left, and these are files alone.
      await rm(join(paths.runtime, id), { recursive: true, force: true });
    }
    await rm(join(paths.running, id), { recursive: true, force: true });
  }
}
