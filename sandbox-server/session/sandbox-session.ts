/**
 * One learner's sandbox of one course: its state, who waits for it, who looks at it. Knows no transport, and of the
 * container engine only the driver's contract.
 */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '../protocol/errors.ts';
import type { StartStage } from '../protocol/messages.ts';
import type { SandboxState } from '../protocol/api.ts';
import { DriverError, type SandboxDriver, type SandboxSpec } from '../sandbox/driver.ts';
import { LearnerError, toLearnerError } from './learner-error.ts';
import { next, type SandboxEvent } from './state.ts';

export interface SessionContext {
  driver: SandboxDriver;
  now: () => number;
  startTimeoutMs: number;
  /** Resolves when there is room for one more running sandbox, after `onWait` where it must be made; rejects with `no-room`. */
  admit(session: SandboxSession, onWait: () => void): Promise<void>;
  /** Notes in the database that somebody is here. */
  seen(id: string): void;
  /** Called whenever a sandbox is `ready`; what it returns is disposed when the sandbox is not any more. */
  onReady(session: SandboxSession): Disposable | undefined;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

/** How exactly the database knows when somebody was last here; time-outs are minutes at least. */
const NOTE_EVERY_MS = 30_000;

/**
 * How often, and how long apart, a sandbox is looked at whose socket has closed: when a process ends the kernel closes what
 * it had open first, and for a moment more it is still there. Under load that was seen to be long enough to be asked in.
 */
const LOOKS = 20;
const LOOK_EVERY_MS = 50;

/** A sandbox by its id, and what it is made of. */
export interface Sandbox {
  readonly id: string;
  readonly spec: SandboxSpec;
}

export type OnStage = (stage: StartStage) => void;

export class SandboxSession implements Disposable {
  readonly learner: string;
  readonly course: string;
  failure: ErrorCode | undefined;
  /** Whether its last end was asked for: idle, a restart, another learner's turn. */
  endedOnPurpose = false;
  stage: StartStage | undefined;
  private readonly context: SessionContext;
  private sandbox: Sandbox;
  private current!: SandboxState;
  private whileReady: Disposable | undefined;
  private starting: Promise<void> | undefined;
  private restarting: Promise<void> | undefined;
  /** Resolves, whatever comes of it, when another sandbox has taken this one's place. */
  private replacing: Promise<void> | undefined;
  /** Whether it is on its way down: its place counts as free. */
  stopping = false;
  private readonly waiting = new Set<OnStage>();
  private viewers = 0;
  private seenAt: number;
  private notedAt = 0;

  constructor(
    context: SessionContext,
    identity: { id: string; learner: string; course: string; seenAt: number },
    spec: SandboxSpec,
    state: SandboxState,
  ) {
    this.context = context;
    this.learner = identity.learner;
    this.course = identity.course;
    this.seenAt = identity.seenAt;
    this.sandbox = { id: identity.id, spec };
    this.enter(state);
  }

  /** Another one after `replace`. */
  get id(): string {
    return this.sandbox.id;
  }

  get spec(): SandboxSpec {
    return this.sandbox.spec;
  }

  get state(): SandboxState {
    return this.current;
  }

  /** Whether it uses memory of the host, or is about to. */
  get running(): boolean {
    return (
      this.starting !== undefined ||
      this.replacing !== undefined ||
      this.current === 'ready' ||
      this.current === 'frozen'
    );
  }

  /** Milliseconds since somebody last looked; 0 while somebody does. */
  get idleMs(): number {
    return this.viewers > 0 || this.starting || this.replacing ? 0 : this.context.now() - this.seenAt;
  }

  /** Counts a viewer until disposed. */
  view(): Disposable {
    this.viewers++;
    this.touch();
    return {
      [Symbol.dispose]: () => {
        this.viewers--;
        this.touch();
      },
    };
  }

  /** Brings the sandbox up where it does not run. All who ask meanwhile wait for the same start, and hear its stages. */
  async ready(onStage: OnStage = () => {}): Promise<void> {
    while (this.replacing) await this.replacing; // without a pause where there is none: nothing may come between
    if (this.current === 'ready') return;
    if (this.stage) onStage(this.stage);
    this.waiting.add(onStage);
    try {
      this.starting ??= this.bringUp().finally(() => {
        this.starting = undefined;
        this.stage = undefined;
      });
      await this.starting;
    } finally {
      this.waiting.delete(onStage);
    }
  }

  /** One stream to the sandbox's `init`. Starts the sandbox where it does not run. */
  async connect(onStage?: OnStage): Promise<Duplex> {
    await this.ready(onStage);
    try {
      return await this.context.driver.connect(this.id);
    } catch (error) {
      if (!(error instanceof DriverError) || error.code === 'unavailable') throw toLearnerError(error);
      // It ended since we last looked (out of memory, the host restarted): start it over its disk, once.
      await this.survives();
      await this.ready(onStage);
      return this.context.driver.connect(this.id).catch((again: unknown) => {
        throw toLearnerError(again);
      });
    }
  }

  /** Asks the driver what is true. Resolves to whether the sandbox runs. */
  async refresh(): Promise<boolean> {
    const { id } = this;
    const actual = await this.context.driver.status(id).catch((error: unknown) => {
      throw toLearnerError(error);
    });
    if (id !== this.id) return true; // that was another one, and what has its place now runs
    if (actual === 'ready' || actual === 'frozen') {
      if (this.current !== 'starting') this.enter(actual);
      return true;
    }
    if (this.current === 'ready' || this.current === 'frozen') {
      this.apply('died');
      this.endedOnPurpose = this.stopping || this.replacing !== undefined;
    }
    return false;
  }

  /** Whether it still runs, for whoever lost a stream to it or was refused one. */
  async survives(): Promise<boolean> {
    const { id } = this;
    for (let look = 1; look < LOOKS; look++) {
      if (!(await this.refresh()) || id !== this.id) return false;
      await sleep(LOOK_EVERY_MS);
    }
    return (await this.refresh()) && id === this.id;
  }

  async freeze(): Promise<void> {
    if (this.current !== 'ready' || !this.context.driver.capabilities.freeze) return;
    this.apply('freeze');
    await this.context.driver.freeze(this.id);
  }

  /** Ends all programs and keeps the files. */
  async stop(): Promise<void> {
    while (this.replacing) await this.replacing;
    await this.starting?.catch(() => {});
    this.stopping = true;
    this.endedOnPurpose = true;
    try {
      await this.end();
    } finally {
      this.stopping = false;
    }
  }

  private async end(): Promise<void> {
    const { id } = this;
    await this.context.driver.stop(this.id).catch((error: unknown) => {
      if (!(error instanceof DriverError && error.code === 'unknown')) throw toLearnerError(error);
    });
    if (id !== this.id) return; // another one has its place
    // A start that was asked for meanwhile comes after this stop.
    if (this.current !== 'requested' && this.current !== 'starting') this.apply('stop');
  }

  /** Ends all programs and starts anew. Who asks while that is under way waits for the same. */
  restart(): Promise<void> {
    this.restarting ??= this.stop()
      .then(() => this.ready())
      .finally(() => (this.restarting = undefined));
    return this.restarting;
  }

  /**
   * Stops the sandbox and puts the one that `make` gives, which runs, in its place; it keeps its place on the host
   * meanwhile. Who asks for the sandbox in that time waits. `commit` makes it so where that is written down. Where one of
   * them fails this rejects, and all is as it was, but that the programs have ended. Rejects with `move-under-way` where
   * that is done already.
   */
  replace<Next extends Sandbox>(make: () => Promise<Next>, commit: (next: Next) => void): Promise<void> {
    if (this.replacing) return Promise.reject(new LearnerError('move-under-way'));
    const hadPlace = this.running;
    const work = this.exchange(make, commit, hadPlace);
    this.replacing = work.catch(() => {}).finally(() => (this.replacing = undefined));
    return work;
  }

  private async exchange<Next extends Sandbox>(
    make: () => Promise<Next>,
    commit: (next: Next) => void,
    hadPlace: boolean,
  ): Promise<void> {
    await this.starting?.catch(() => {}); // one that was under way; who asks from now on waits
    this.endedOnPurpose = true;
    await this.end();
    if (!hadPlace) await this.context.admit(this, () => {});
    const next = await make();
    commit(next);
    this.sandbox = { id: next.id, spec: next.spec };
    this.failure = undefined;
    this.apply('replaced');
    this.touch();
  }

  /** Removes the sandbox and all of its files. */
  async destroy(): Promise<void> {
    await this.stop();
    await this.context.driver.destroy(this.id);
    this.apply('expire');
  }

  /** Lets go of what this process holds for the sandbox; the sandbox goes on. */
  [Symbol.dispose](): void {
    this.leave();
  }

  private touch(): void {
    this.seenAt = this.context.now();
    // Rounded: a page that is hidden and shown again and again must not make the database write each time.
    if (this.seenAt - this.notedAt < NOTE_EVERY_MS) return;
    this.notedAt = this.seenAt;
    this.context.seen(this.id);
  }

  private async bringUp(): Promise<void> {
    const { driver, log } = this.context;
    if (this.current === 'frozen') {
      try {
        await driver.thaw(this.id);
        return this.apply('thaw');
      } catch (error) {
        if (!(error instanceof DriverError) || error.code !== 'not-running') throw toLearnerError(error);
        this.apply('died'); // while it was frozen: it is started over its disk
      }
    }
    await this.context.admit(this, () => this.tell('queue'));
    this.apply('start');
    this.failure = undefined;
    const began = this.context.now();
    try {
      const signal = AbortSignal.timeout(this.context.startTimeoutMs);
      this.tell('disk');
      await driver.create(this.id, this.spec, { signal });
      this.tell('container');
      await driver.start(this.id, { signal });
      this.tell('shell');
      this.apply('started');
      log.info({ sandbox: this.id, ms: this.context.now() - began }, 'sandbox started');
    } catch (error) {
      const told = toLearnerError(error);
      this.failure = told.code;
      this.apply('failed');
      // The driver may still be at it: what comes up after all would be nobody's.
      if (told.code === 'start-timeout') void driver.stop(this.id).catch(() => {});
      log.warn({ sandbox: this.id, code: told.code, err: error }, 'sandbox not started');
      throw told;
    }
  }

  private tell(stage: StartStage): void {
    this.stage = stage;
    for (const onStage of this.waiting) onStage(stage);
  }

  private apply(event: SandboxEvent): void {
    this.enter(next(this.current, event));
  }

  private enter(state: SandboxState): void {
    this.current = state;
    if (state === 'ready') this.whileReady ??= this.context.onReady(this);
    else this.leave();
  }

  private leave(): void {
    this.whileReady?.[Symbol.dispose]();
    this.whileReady = undefined;
  }
}
