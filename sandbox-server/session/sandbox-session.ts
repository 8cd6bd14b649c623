/**
 * One learner's sandbox of one course: its state, who waits for it, who looks at it. Knows no transport, and of the
 * container engine only the driver's contract.
 */
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../protocol/errors.ts';
import type { StartStage } from '../protocol/messages.ts';
import type { SandboxState } from '../protocol/api.ts';
import { DriverError, type SandboxDriver, type SandboxSpec } from '../sandbox/driver.ts';
import { Attendance } from './attendance.ts';
import type { Happening, OnHappening } from './happening.ts';
import { LearnerError, toLearnerError } from './learner-error.ts';
import { saveTerminals } from './save-terminals.ts';
import { startSandbox, type Sandbox } from './start-sandbox.ts';
import { next, type SandboxEvent } from './state.ts';
import { stillRuns } from './still-runs.ts';
import type { StopReason } from './stop-reason.ts';

export interface SessionContext {
  driver: SandboxDriver;
  now: () => number;
  startTimeoutMs: number;
  /** After this time without anybody it is stopped: words for those who come back. */
  idleStopMs: number;
  /** Resolves when there is room for one more running sandbox, after `onWait` where it must be made; rejects with `no-room`. */
  admit(session: SandboxSession, onWait: () => void): Promise<void>;
  /** Notes in the database that somebody is here. */
  seen(id: string): void;
  /** Notes in the database until when it is kept at least. */
  keep(id: string, until: number): void;
  /** Called when somebody looks at it whom nobody was with before. */
  onReturned(session: SandboxSession): void;
  /** Called whenever a sandbox is `ready`; what it returns is disposed when the sandbox is not any more. */
  onReady(session: SandboxSession): Disposable | undefined;
  onHappening: OnHappening;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

export type OnStage = (stage: StartStage) => void;

export class SandboxSession implements Disposable {
  readonly learner: string;
  readonly course: string;
  readonly attendance: Attendance;
  failure: ErrorCode | undefined;
  /** Whether its last end was asked for: idle, a restart, another learner's turn. */
  endedOnPurpose = false;
  stage: StartStage | undefined;
  private stageBegan: number | undefined;
  /** Whether it was slowed down because it was busy for long with nobody there. */
  throttled = false;
  private readonly context: SessionContext;
  private sandbox: Sandbox;
  private current!: SandboxState;
  private whileReady: Disposable | undefined;
  private starting: Promise<void> | undefined;
  private restarting: Promise<void> | undefined;
  /** Resolves, whatever comes of it, when another sandbox has taken this one's place. */
  private replacing: Promise<void> | undefined;
  /** Resolves, whatever comes of it, when a stop that is under way is over. */
  private ending: Promise<void> | undefined;
  private readonly waiting = new Set<OnStage>();

  constructor(
    context: SessionContext,
    identity: { id: string; learner: string; course: string; seenAt: number; keepUntil: number },
    spec: SandboxSpec,
    state: SandboxState,
  ) {
    this.context = context;
    this.learner = identity.learner;
    this.course = identity.course;
    this.attendance = new Attendance({
      now: context.now,
      seenAt: identity.seenAt,
      keepUntil: identity.keepUntil,
      noteSeen: () => context.seen(this.id),
      noteKept: (until) => context.keep(this.id, until),
      left: state === 'frozen' || state === 'stopped' ? state : undefined,
    });
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

  /** Whether it is on its way down: its place counts as free. */
  get stopping(): boolean {
    return this.ending !== undefined;
  }

  /** Milliseconds since somebody last looked; 0 while somebody does. */
  get idleMs(): number {
    return this.starting || this.replacing ? 0 : this.attendance.idleMs;
  }

  /** Counts a viewer until disposed. */
  view(): Disposable {
    const came = !this.attendance.viewed;
    const view = this.attendance.view();
    if (came) this.context.onReturned(this);
    return view;
  }

  /** Brings the sandbox up where it does not run. All who ask meanwhile wait for the same start, and hear its stages. */
  async ready(onStage: OnStage = () => {}): Promise<void> {
    // Without a pause where there is nothing to wait for: nothing may come between.
    while (this.replacing ?? this.ending) await (this.replacing ?? this.ending);
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
      await stillRuns(this);
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
      if (!this.endedOnPurpose) this.happened({ event: 'died' });
      this.attendance.leftAs('stopped');
    }
    return false;
  }

  async freeze(): Promise<void> {
    if (this.current !== 'ready' || !this.context.driver.capabilities.freeze) return;
    this.apply('freeze');
    this.attendance.leftAs('frozen');
    await this.context.driver.freeze(this.id);
    this.happened({ event: 'frozen' });
  }

  /** Ends all programs and keeps the files. Who wants the sandbox meanwhile waits. */
  async stop(reason: StopReason): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    this.ending = over;
    try {
      while (this.replacing) await this.replacing;
      await this.starting?.catch(() => {});
      await this.end(reason);
      if (reason === 'restart') this.attendance.takeReturned();
      else this.attendance.leftAs('stopped');
    } finally {
      if (this.ending === over) this.ending = undefined;
      resolve();
    }
  }

  private async end(reason: StopReason): Promise<void> {
    const { id } = this;
    this.endedOnPurpose = true;
    const ran = this.running;
    if (this.current === 'ready' || this.current === 'frozen') await saveTerminals(this.context, id, reason);
    await this.context.driver.stop(this.id).catch((error: unknown) => {
      if (!(error instanceof DriverError && error.code === 'unknown')) throw toLearnerError(error);
    });
    if (id !== this.id) return; // another one has its place
    if (ran) this.happened({ event: 'stopped', reason });
    // A start that was asked for meanwhile comes after this stop.
    if (this.current !== 'requested' && this.current !== 'starting') this.apply('stop');
  }

  /** Ends all programs and starts anew. Who asks while that is under way waits for the same. */
  restart(): Promise<void> {
    this.restarting ??= this.startAnew().finally(() => (this.restarting = undefined));
    return this.restarting;
  }

  private async startAnew(): Promise<void> {
    using _view = this.view(); // somebody waits for it
    await this.stop('restart');
    await this.ready();
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
    await this.end('move');
    if (!hadPlace) await this.context.admit(this, () => {});
    const next = await make();
    commit(next);
    const from = this.id;
    this.sandbox = { id: next.id, spec: next.spec };
    this.happened({ event: 'moved', from });
    this.failure = undefined;
    this.apply('replaced');
    this.attendance.seen();
  }

  /** Removes the sandbox and all of its files. */
  async destroy(): Promise<void> {
    await this.stop('removal');
    await this.context.driver.destroy(this.id);
    this.happened({ event: 'destroyed' });
    this.apply('expire');
  }

  /** Lets go of what this process holds for the sandbox; the sandbox goes on. */
  [Symbol.dispose](): void {
    this.leave();
  }

  private async bringUp(): Promise<void> {
    const { driver } = this.context;
    if (this.current === 'frozen') {
      try {
        await driver.thaw(this.id);
        this.happened({ event: 'thawed' });
        return this.apply('thaw');
      } catch (error) {
        if (!(error instanceof DriverError) || error.code !== 'not-running') throw toLearnerError(error);
        this.happened({ event: 'died' });
        this.apply('died'); // while it was frozen: it is started over its disk
        this.attendance.leftAs('stopped');
      }
    }
    await this.context.admit(this, () => this.tell('queue'));
    this.apply('start');
    this.failure = undefined;
    const failure = await startSandbox(this.context, this, (stage) => this.tell(stage));
    this.passStage();
    this.happened(failure ? { event: 'not-started', code: failure.code } : { event: 'started' });
    this.failure = failure?.code;
    this.apply(failure ? 'failed' : 'started');
    if (failure) throw failure;
  }

  private tell(stage: StartStage): void {
    this.passStage();
    this.stageBegan = performance.now();
    this.stage = stage;
    for (const onStage of this.waiting) onStage(stage);
  }

  /** The stage that it was in is over. */
  private passStage(): void {
    const { stage, stageBegan } = this;
    this.stageBegan = undefined;
    if (stage === undefined || stageBegan === undefined) return;
    this.happened({ event: 'stage', stage, seconds: (performance.now() - stageBegan) / 1000 });
  }

  private happened(happening: Happening): void {
    this.context.onHappening(this, happening);
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
