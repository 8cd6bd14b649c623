/**
 * One learner's sandbox of one course: its state, who waits for it, who looks at it. Knows no transport, and of the
 * container engine only the driver's contract.
 */
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../protocol/errors.ts';
import type { StartStage, Wait } from '../protocol/messages.ts';
import type { SandboxState } from '../protocol/api.ts';
import { DriverError, type SandboxSpec } from '../sandbox/driver.ts';
import { Attendance } from './attendance.ts';
import { connectTo, thaw } from './connect.ts';
import type { Happening } from './happening.ts';
import { LearnerError, toLearnerError } from './learner-error.ts';
import { saveTerminals } from './save-terminals.ts';
import type { SessionContext } from './session-context.ts';
import { SessionTime } from './session-time.ts';
import { startSandbox, type Sandbox } from './start-sandbox.ts';
import { type OnStage, StartWatchers } from './start-watchers.ts';
import { next, type SandboxEvent } from './state.ts';
import { codeOfEnd, type StopReason } from './stop-reason.ts';

export class SandboxSession implements Disposable {
  readonly learner: string;
  readonly course: string;
  readonly attendance: Attendance;
  failure: ErrorCode | undefined;
  /** Why it was stopped last; undefined where it ended by itself. */
  lastEnd: StopReason | undefined;
  /** What whoever runs the server said to its learner with that. */
  lastSaid: string | undefined;
  /** Whether it was slowed down because it was busy for long with nobody there. */
  throttled = false;
  /** Where its learner was last seen to come from. */
  address: string | undefined;
  readonly time: SessionTime;
  private readonly context: SessionContext;
  private sandbox: Sandbox;
  private current!: SandboxState;
  private entered = 0;
  private whileReady: Disposable | undefined;
  private starting: Promise<void> | undefined;
  private restarting: Promise<void> | undefined;
  /** Resolves, whatever comes of it, when another sandbox has taken this one's place. */
  private replacing: Promise<void> | undefined;
  /** Resolves, whatever comes of it, when a stop that is under way is over. */
  private ending: Promise<void> | undefined;
  private readonly watchers = new StartWatchers((stage, seconds) => this.happened({ event: 'stage', stage, seconds }));
  /** Its disk may be there. One that was never started can be another one that waits for a learner. */
  private made: boolean;
  /** It was given a place, and its state does not show that yet, or not for a moment. */
  private placed = false;

  constructor(
    context: SessionContext,
    identity: { id: string; learner: string; course: string; seenAt: number; keepUntil: number; endsAt: number | null },
    spec: SandboxSpec,
    state: SandboxState | 'new',
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
    this.time = new SessionTime({
      now: context.now,
      sessionMs: context.sessionTimeMs,
      extendMs: context.sessionExtendMs,
      endsAt: identity.endsAt,
      note: (endsAt) => context.noteEnd(this.id, endsAt),
    });
    this.sandbox = { id: identity.id, spec };
    this.made = state !== 'new';
    this.enter(state === 'new' ? 'requested' : state);
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

  /** Since when it is in its state, as far as this process knows; in milliseconds since 1970. */
  get since(): number {
    return this.entered;
  }

  get stage(): StartStage | undefined {
    return this.watchers.stage;
  }

  /** Whether it uses memory of the host, or is about to. One that waits for a place does not. */
  get running(): boolean {
    return this.replacing !== undefined || this.occupies;
  }

  /** Whether it has one of the host's places. */
  get occupies(): boolean {
    return this.placed || this.current === 'ready' || this.current === 'frozen';
  }

  /** Whether it waits for a place. */
  get queued(): boolean {
    return this.watchers.stage === 'queue';
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

  /**
   * Brings the sandbox up where it does not run. All who ask meanwhile wait for the same start, and hear its stages. Who
   * hears none does not wait for a place: where there is none, this rejects with `no-room`.
   */
  async ready(onStage?: OnStage): Promise<void> {
    // Without a pause where there is nothing to wait for: nothing may come between.
    while (this.replacing ?? this.ending) await (this.replacing ?? this.ending);
    if (this.current === 'ready') return;
    if (!onStage && this.queued) throw new LearnerError('no-room');
    using _watching = onStage && this.watchers.add(onStage);
    this.starting ??= this.bringUp().finally(() => {
      this.starting = undefined;
      this.watchers.clear();
      this.settle();
    });
    await this.starting;
  }

  /** One stream to the sandbox's `init`. Starts the sandbox where it does not run. */
  connect(onStage?: OnStage): Promise<Duplex> {
    return connectTo(this, this.context.driver, onStage);
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
      const asked = this.ending !== undefined || this.replacing !== undefined;
      if (!asked) this.lastEnd = this.lastSaid = undefined;
      if (!asked) this.happened({ event: 'died' });
      this.attendance.leftAs('stopped');
      this.context.room.freed(false);
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

  /**
   * Ends all programs and keeps the files. Who wants the sandbox meanwhile waits. `said`: an operator's words to the
   * learner, of at most `MOST_SAID_BYTES`.
   */
  async stop(reason: StopReason, said?: string): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    this.ending = over;
    try {
      while (this.replacing) await this.replacing;
      this.lastEnd = reason;
      this.lastSaid = said;
      this.context.room.leave(this, codeOfEnd(reason));
      await this.starting?.catch(() => {});
      await this.end(reason, said);
      if (reason === 'restart') this.attendance.takeReturned();
      else this.attendance.leftAs('stopped');
    } finally {
      if (this.ending === over) this.ending = undefined;
      resolve();
      this.context.room.freed(reason !== 'restart');
    }
  }

  private async end(reason: StopReason, said?: string): Promise<void> {
    const { id } = this;
    this.lastEnd = reason;
    this.lastSaid = said;
    const ran = this.running;
    if (this.current === 'ready' || this.current === 'frozen') await saveTerminals(this.context, id, reason, said);
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
    if (this.queued) return; // it starts as soon as it can
    using _view = this.view(); // somebody waits for it
    this.placed = this.occupies; // nobody takes its place meanwhile
    try {
      await this.stop('restart');
      await this.ready();
    } finally {
      this.settle();
    }
  }

  /**
   * Stops the sandbox and puts the one that `make` gives, which runs, in its place; it keeps its place on the host
   * meanwhile. Who asks for the sandbox in that time waits. `commit` makes it so where that is written down. Where one of
   * them fails this rejects, and all is as it was, but that the programs have ended. Rejects with `move-under-way` where
   * that is done already.
   */
  replace<Next extends Sandbox>(make: () => Promise<Next>, commit: (next: Next) => void): Promise<void> {
    if (this.replacing) return Promise.reject(new LearnerError('move-under-way'));
    if (this.queued) return Promise.reject(new LearnerError('no-room'));
    const work = this.exchange(make, commit).finally(() => this.settle());
    this.replacing = work.catch(() => {}).finally(() => (this.replacing = undefined));
    return work;
  }

  private async exchange<Next extends Sandbox>(make: () => Promise<Next>, commit: (next: Next) => void): Promise<void> {
    await this.starting?.catch(() => {}); // one that was under way; who asks from now on waits
    this.placed = this.occupies;
    await this.end('move');
    await this.takePlace();
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
  async destroy(reason: StopReason = 'removal', said?: string): Promise<void> {
    await this.stop(reason, said);
    await this.context.driver.destroy(this.id);
    this.happened({ event: 'destroyed' });
    this.apply('expire');
  }

  /** Lets go of what this process holds for the sandbox; the sandbox goes on. */
  [Symbol.dispose](): void {
    this.leave();
  }

  private async bringUp(): Promise<void> {
    if (this.current === 'frozen') {
      if (await thaw(this.context.driver, this.id)) {
        this.happened({ event: 'thawed' });
        return this.apply('thaw');
      }
      this.happened({ event: 'died' });
      this.apply('died'); // while it was frozen: it is started over its disk
      this.attendance.leftAs('stopped');
    }
    await this.takePlace();
    const waited = !this.made && this.become();
    this.apply('start');
    this.failure = undefined;
    const tell = (stage: StartStage) => this.watchers.tell(stage);
    // Where one that waited has ended, whoever connects finds out and starts it.
    if (waited) tell('shell');
    const failure = waited ? undefined : await startSandbox(this.context, this, tell);
    this.watchers.clear();
    this.happened(failure ? { event: 'not-started', code: failure.code } : { event: 'started' });
    this.failure = failure?.code;
    this.apply(failure ? 'failed' : 'started');
    if (failure) throw failure;
  }

  /** The learner's at last: one that waited for them, or this one that is made now. Whether it is one that waited. */
  private become(): boolean {
    this.made = true;
    const waiting = this.context.claim(this);
    if (waiting) this.sandbox = waiting;
    if (waiting) this.context.log.info({ sandbox: this.id, waited: true }, 'sandbox started');
    this.happened({ event: 'given' });
    return waiting !== undefined;
  }

  /** What gave it a place is over: its state alone says whether it has one. */
  private settle(): void {
    this.placed = false;
    if (this.occupies) return;
    this.time.stop();
    this.context.room.freed(false);
  }

  private async takePlace(): Promise<void> {
    if (this.placed) return;
    await this.context.room.admit(this, {
      granted: () => (this.placed = true),
      waits: (wait: Wait) => this.watchers.tell('queue', wait),
      patient: () => this.watchers.any && !this.replacing,
    });
  }

  private happened(happening: Happening): void {
    this.context.onHappening(this, happening);
  }

  private apply(event: SandboxEvent): void {
    this.enter(next(this.current, event));
  }

  private enter(state: SandboxState): void {
    if (state !== this.current) this.entered = this.context.now();
    this.current = state;
    if (state === 'ready' || state === 'frozen') this.time.begin();
    else if (!this.placed) this.time.stop(); // a restart goes on in the same time
    if (state === 'ready') this.whileReady ??= this.context.onReady(this);
    else this.leave();
  }

  private leave(): void {
    this.whileReady?.[Symbol.dispose]();
    this.whileReady = undefined;
  }
}
