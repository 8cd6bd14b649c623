/**
 * Sandboxes under an OCI runtime on this host. The supervisor makes and ends them; streams go straight to each one's
 * `init`, through a socket that the gateway's group may connect to.
 */
import { connect as connectSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
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
import { askInit } from '../init/ask.ts';
import { INIT_PROTOCOL } from '../init/frames.ts';
import { hostLack } from './host-lack.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { capacityValue, layersValue, listValue, statsValue, statusValue } from './protocol.ts';
import { SupervisorClient } from './supervisor-client.ts';
import { initSocket } from './supervisor/paths.ts';

/** How long `init` may take to answer after its start, in milliseconds. */
const INIT_ANSWER_MS = 4000;

/** For how long, and how often, a supervisor that is away is asked what runs, in milliseconds: a learner waits for it. */
const AWAY_MS = 3000;
const ASK_AGAIN_MS = 100;

export class OciDriver implements SandboxDriver {
  readonly capabilities = { freeze: true, snapshot: true } as const;
  private readonly run: string;
  private readonly supervisor: SupervisorClient;
  private readonly queue = new KeyedQueue();
  /** Which of the sandboxes that this driver has met are frozen. */
  private readonly frozen = new Map<string, boolean>();

  /** `run`: the directory of sockets; `socket`: the supervisor's. */
  constructor(options: { run: string; socket: string; onSupervisorLost?: () => void }) {
    this.run = options.run;
    this.supervisor = new SupervisorClient(options.socket, options.onSupervisorLost);
  }

  create(id: string, spec: SandboxSpec, options?: CallOptions): Promise<void> {
    return this.inOrder(id, () => this.supervisor.call({ op: 'create', id, spec }, options));
  }

  start(id: string, options?: CallOptions): Promise<void> {
    return this.inOrder(id, async () => {
      await this.supervisor.call({ op: 'start', id }, options);
      this.frozen.set(id, false);
      try {
        await askInit(await this.connect(id, options), { op: 'status' }, INIT_ANSWER_MS);
      } catch (error) {
        await this.supervisor.call({ op: 'stop', id });
        if (error instanceof DriverError && error.code === 'host-exhausted') throw error;
        throw new DriverError('start-failed', `init of sandbox ${id} does not answer`, { cause: error });
      }
    });
  }

  async connect(id: string, options?: CallOptions): Promise<Duplex> {
    options?.signal?.throwIfAborted();
    // A frozen init accepts nothing and a connection would hang; no other than this driver freezes.
    if (!this.frozen.has(id)) await this.meet(id, options);
    if (this.frozen.get(id)) throw new DriverError('not-running', `sandbox ${id} is frozen`);
    try {
      return await connected(initSocket(this.run, id));
    } catch (error) {
      const lack = hostLack(error);
      if (lack) throw lack;
      // The socket is away or nobody listens: the supervisor knows which state that is.
      const state = await this.status(id, options);
      if (state === 'gone') throw new DriverError('unknown', `no sandbox ${id}`, { cause: error });
      throw new DriverError('not-running', `sandbox ${id} is ${state}`, { cause: error });
    }
  }

  /** The first time that this driver has to do with a sandbox: it may be frozen, or its init older than an update. */
  private async meet(id: string, options?: CallOptions): Promise<void> {
    const state = await this.status(id, options);
    this.frozen.set(id, state === 'frozen');
    if (state !== 'ready') return;
    const answer = await connected(initSocket(this.run, id))
      .then((duplex) => askInit(duplex, { op: 'status' }, INIT_ANSWER_MS))
      .catch(() => undefined);
    if (answer?.['protocol'] !== INIT_PROTOCOL) await this.stop(id, options);
  }

  freeze(id: string, options?: CallOptions): Promise<void> {
    return this.inOrder(id, async () => {
      this.frozen.set(id, true);
      try {
        await this.supervisor.call({ op: 'freeze', id }, options);
      } catch (error) {
        this.frozen.delete(id); // it may be frozen or not: ask
        throw error;
      }
    });
  }

  thaw(id: string, options?: CallOptions): Promise<void> {
    return this.inOrder(id, async () => {
      await this.supervisor.call({ op: 'thaw', id }, options);
      this.frozen.set(id, false);
    });
  }

  stop(id: string, options?: CallOptions): Promise<void> {
    return this.inOrder(id, async () => {
      await this.supervisor.call({ op: 'stop', id }, options);
      this.frozen.delete(id);
    });
  }

  destroy(id: string, options?: CallOptions): Promise<void> {
    return this.inOrder(id, async () => {
      await this.supervisor.call({ op: 'destroy', id }, options);
      this.frozen.delete(id);
    });
  }

  async status(id: string, options?: CallOptions): Promise<DriverState> {
    return checked(
      statusValue,
      await this.patiently(() => this.supervisor.call({ op: 'status', id }, options), options),
    );
  }

  /**
   * Asks again while the supervisor is away, which is started again within a second: whoever comes back to a sandbox that
   * runs needs no more than its word for that.
   */
  private async patiently<Value>(ask: () => Promise<Value>, options?: CallOptions): Promise<Value> {
    for (const until = performance.now() + AWAY_MS; ;) {
      try {
        return await ask();
      } catch (error) {
        const away = error instanceof DriverError && error.code === 'unavailable';
        if (!away || performance.now() > until) throw error;
        await sleep(ASK_AGAIN_MS, undefined, options);
      }
    }
  }

  async list(options?: CallOptions): Promise<SandboxStatus[]> {
    return checked(listValue, await this.supervisor.call({ op: 'list' }, options));
  }

  async stats(id: string, options?: CallOptions): Promise<SandboxStats> {
    return checked(statsValue, await this.supervisor.call({ op: 'stats', id }, options));
  }

  async throttle(id: string, share: number, options?: CallOptions): Promise<void> {
    await this.supervisor.call({ op: 'throttle', id, share }, options);
  }

  snapshot(id: string, layer: string, options?: CallOptions): Promise<void> {
    return this.inOrder(id, async () => {
      try {
        await this.supervisor.call({ op: 'snapshot', id, layer }, options);
      } catch (error) {
        this.frozen.delete(id); // the supervisor freezes it meanwhile, and may have gone away before it thawed it
        throw error;
      }
    });
  }

  async layers(options?: CallOptions): Promise<string[]> {
    return checked(layersValue, await this.supervisor.call({ op: 'layers' }, options));
  }

  async removeLayer(layer: string, options?: CallOptions): Promise<void> {
    await this.supervisor.call({ op: 'removeLayer', layer }, options);
  }

  async capacity(options?: CallOptions): Promise<HostCapacity> {
    return checked(capacityValue, await this.supervisor.call({ op: 'capacity' }, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.supervisor.close();
  }

  /**
   * The supervisor keeps the order of what it is asked, but a start is over only when `init` has answered: a stop that
   * was called after it must not end it before.
   */
  private async inOrder(id: string, call: () => Promise<unknown>): Promise<void> {
    await this.queue.run(id, call);
  }
}

function checked<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new DriverError('unavailable', 'the supervisor answered something else than was asked');
  return parsed.data;
}

function connected(path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
