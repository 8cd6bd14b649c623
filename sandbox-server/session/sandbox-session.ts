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
import { Attendance, type Returned } from './attendance.ts';
import { toLearnerError } from './learner-error.ts';
import { saveTerminals } from './save-terminals.ts';
import { next, type SandboxEvent } from './state.ts';
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
  /** Called whenever a sandbox is `ready`; what it returns is disposed when the sandbox is not any more. */
  onReady(session: SandboxSession): Disposable | undefined;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

/**
 * How often, and how long apart, a sandbox is looked at whose socket has closed: when a process ends the kernel closes what
 * it had open first, and for a moment more it is still there. Under load that was seen to be long enough to be asked in.
 */
const LOOKS = 20;
const LOOK_EVERY_MS = 50;

export type OnStage = (stage: StartStage) => void;

export class SandboxSession implements Disposable {
  readonly id: string;
  readonly learner: string;
  readonly course: string;
  failure: ErrorCode | undefined;
  /** Whether its last end was asked for: idle, a restart, another learner's turn. */
  endedOnPurpose = false;
  stage: StartStage | undefined;
  readonly spec: SandboxSpec;
  private readonly context: SessionContext;
  private current!: SandboxState;
  private whileReady: Disposable | undefined;
  private starting: Promise<void> | undefined;
  private restarting: Promise<void> | undefined;
  /** Resolves, whatever comes of it, when a stop that is under way is over. */
  private ending: Promise<void> | undefined;
  /** Whether it is on its way down: its place counts as free. */
  stopping = false;
  private readonly waiting = new Set<OnStage>();
  private readonly attendance: Attendance;
  private keptUntil: number;

  constructor(
    context: SessionContext,
    identity: { id: string; learner: string; course: string; seenAt: number; keepUntil: number },
    spec: SandboxSpec,
    state: SandboxState,
  ) {
    this.context = context;
    this.id = identity.id;
    this.learner = identity.learner;
    this.course = identity.course;
    this.attendance = new Attendance({
      now: context.now,
      seenAt: identity.seenAt,
      note: () => context.seen(this.id),
      left: state === 'frozen' || state === 'stopped' ? state : undefined,
    });
    this.keptUntil = identity.keepUntil;
    this.spec = spec;
    this.enter(state);
  }

  get state(): SandboxState {
    return this.current;
  }

  /** Whether it uses memory of the host, or is about to. */
  get running(): boolean {
    return this.starting !== undefined || this.current === 'ready' || this.current === 'frozen';
  }

  /** Milliseconds since somebody last looked; 0 while somebody does. */
  get idleMs(): number {
    return this.starting ? 0 : this.attendance.idleMs;
  }

  get viewed(): boolean {
    return this.attendance.viewed;
  }

  /** When somebody was last there: now, while somebody is. In milliseconds since 1970. */
  get lastSeenAt(): number {
    return this.context.now() - this.idleMs;
  }

  /** Its files are kept at least until then, whoever comes or not. In milliseconds since 1970. */
  get keepUntil(): number {
    return this.keptUntil;
  }

  set keepUntil(time: number) {
    this.keptUntil = time;
    this.context.keep(this.id, time);
  }

  /** What became of the sandbox while its learner was away; undefined where nothing did, or they were told. */
  takeReturned(): Returned | undefined {
    return this.attendance.takeReturned();
  }

  /** Counts a viewer until disposed. */
  view(): Disposable {
    return this.attendance.view();
  }

  /** Brings the sandbox up where it does not run. All who ask meanwhile wait for the same start, and hear its stages. */
  async ready(onStage: OnStage = () => {}): Promise<void> {
    while (this.ending) await this.ending; // without a pause where there is none: nothing may come between
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
    const actual = await this.context.driver.status(this.id).catch((error: unknown) => {
      throw toLearnerError(error);
    });
    if (actual === 'ready' || actual === 'frozen') {
      if (this.current !== 'starting') this.enter(actual);
      return true;
    }
    if (this.current === 'ready' || this.current === 'frozen') {
      this.apply('died');
      this.endedOnPurpose = this.stopping;
      this.attendance.leftAs('stopped');
    }
    return false;
  }

  /** Whether it still runs, for whoever lost a stream to it or was refused one. */
  async survives(): Promise<boolean> {
    for (let look = 1; look < LOOKS; look++) {
      if (!(await this.refresh())) return false;
      await sleep(LOOK_EVERY_MS);
    }
    return await this.refresh();
  }

  async freeze(): Promise<void> {
    if (this.current !== 'ready' || !this.context.driver.capabilities.freeze) return;
    this.apply('freeze');
    this.attendance.leftAs('frozen');
    await this.context.driver.freeze(this.id);
  }

  /** Ends all programs and keeps the files. Who wants the sandbox meanwhile waits. */
  stop(reason: StopReason): Promise<void> {
    const work = this.halt(reason);
    const over = work
      .catch(() => {})
      .then(() => {
        if (this.ending === over) this.ending = undefined;
      });
    this.ending = over;
    return over.then(() => work);
  }

  private async halt(reason: StopReason): Promise<void> {
    await this.starting?.catch(() => {});
    this.stopping = true;
    this.endedOnPurpose = true;
    try {
      if (this.current === 'ready' || this.current === 'frozen') await saveTerminals(this.context, this.id, reason);
      await this.end();
      if (reason === 'restart') this.attendance.takeReturned();
      else this.attendance.leftAs('stopped');
    } finally {
      this.stopping = false;
    }
  }

  private async end(): Promise<void> {
    await this.context.driver.stop(this.id).catch((error: unknown) => {
      if (!(error instanceof DriverError && error.code === 'unknown')) throw toLearnerError(error);
    });
    // A start that was asked for meanwhile comes after this stop.
    if (this.current !== 'requested' && this.current !== 'starting') this.apply('stop');
  }

  /** Ends all programs and starts anew. Who asks while that is under way waits for the same. */
  restart(): Promise<void> {
    this.restarting ??= this.stop('restart')
      .then(() => this.ready())
      .finally(() => (this.restarting = undefined));
    return this.restarting;
  }

  /** Removes the sandbox and all of its files. */
  async destroy(): Promise<void> {
    await this.stop('removal');
    await this.context.driver.destroy(this.id);
    this.apply('expire');
  }

  /** Lets go of what this process holds for the sandbox; the sandbox goes on. */
  [Symbol.dispose](): void {
    this.leave();
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
        this.attendance.leftAs('stopped');
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
