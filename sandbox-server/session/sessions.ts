/** All learners' sandboxes: finds or makes a session, and puts to rest those that are idle or whose time is over. */
import type { SandboxLife } from '../protocol/api.ts';
import { RecoveryLog } from '../recovery-log.ts';
import type { SandboxRecord } from '../store/sandbox-records.ts';
import { randomId } from './ids.ts';
import { lifeOf } from './life.ts';
import { LearnerError } from './learner-error.ts';
import { KeptSafely } from './room/kept-safely.ts';
import { Pool } from './pool.ts';
import { Room } from './room/room.ts';
import { SandboxSession } from './sandbox-session.ts';
import type { SessionContext } from './session-context.ts';
import type { SessionsOptions } from './sessions-options.ts';
import type { Spare } from './spares.ts';
import { specOf } from './spec.ts';
import { UnsureTime } from './unsure-time.ts';

/** How often idle sandboxes are looked for, in milliseconds: more often where a time-out is shorter than is usual. */
const SWEEP_MS = 30_000;
const SWEEPS_A_TIMEOUT = 5;

/** The supervisor may be a moment later than the gateway. */
const RECONCILE_AGAIN_MS = 500;

/**
 * How long what the host has left may take to be told, in milliseconds: who waits for a place must not wait for a supervisor
 * that hangs, and what can be started then is found out by starting it.
 */
const CAPACITY_MS = 1500;

export class Sessions implements AsyncDisposable {
  private readonly options: SessionsOptions;
  private readonly context: SessionContext;
  private readonly recovery: RecoveryLog;
  private readonly byOwner = new Map<string, SandboxSession>();
  private readonly unsure: UnsureTime;
  private readonly room: Room;
  private readonly pool: Pool;
  private readonly sweeper: NodeJS.Timeout;
  private sweeping: Promise<void> | undefined;
  private reconciler: NodeJS.Timeout | undefined;

  constructor(options: SessionsOptions) {
    this.options = options;
    this.recovery = new RecoveryLog(options.log);
    const { driver, records, places, spares, specs, clock, config, log } = options;
    const now = () => clock.now();
    this.room = new Room({
      guests: () => [...this.byOwner.values()],
      capacity: () => driver.capacity({ signal: AbortSignal.timeout(CAPACITY_MS) }),
      places: new KeptSafely(places, log),
      onShort: () => void this.pool.look(),
      now,
      config,
      log,
    });
    this.pool = new Pool({
      size: specs ? config.poolSize : 0,
      spares,
      specs: specs ?? (() => []),
      room: (spec) => this.room.left(spec, this.pool.length),
      busy: () => this.starting,
      givenUp: () => this.room.freed(false),
      now,
      log,
    });
    this.context = {
      driver,
      now,
      startTimeoutMs: config.startTimeoutMs,
      idleStopMs: config.idleStopMs,
      sessionTimeMs: config.sessionTimeMs,
      sessionExtendMs: config.sessionExtendMs,
      room: this.room,
      claim: (session) => this.claim(session),
      seen: (id) => this.noted(id, () => records.seen(id)),
      keep: (id, until) => records.keep(id, until),
      noteEnd: (id, endsAt) => this.noted(id, () => records.noteEnd(id, endsAt)),
      onReturned: (session) => options.onReturned?.(session),
      onReady: (session) => {
        const stack = new DisposableStack();
        stack.use(options.outlet?.open(session));
        stack.use(options.whileReady?.(session));
        return stack;
      },
      onHappening: options.onHappening ?? (() => {}),
      log,
    };
    this.unsure = new UnsureTime(clock, log, (ms) => {
      for (const { attendance, time } of this.byOwner.values()) {
        attendance.shift(ms);
        time.shift(ms);
      }
      this.noted('all', () => records.seenAll());
    });
    const { idleFreezeMs, idleStopMs, sessionTimeMs } = config;
    const shortest = Math.min(...[idleFreezeMs, idleStopMs, sessionTimeMs].filter((ms) => ms > 0));
    this.sweeper = setInterval(() => void this.sweep(), Math.min(SWEEP_MS, shortest / SWEEPS_A_TIMEOUT));
    this.sweeper.unref();
  }

  /**
   * Takes over what runs, after a start of the gateway. A record whose sandbox is gone is dropped, and its learner gets a
   * new one; a sandbox without a record is kept and named in the log: a lost database must not cost anybody's work.
   */
  async reconcile(): Promise<void> {
    const { driver, records, log } = this.options;
    let actual: Map<string, SandboxSession['state']>;
    try {
      actual = new Map((await driver.list()).map((each) => [each.id, each.state]));
    } catch (error) {
      // A sandbox that is opened meanwhile finds out its state by itself.
      log.warn({ err: error }, 'what runs could not be asked; it is asked again');
      this.reconciler = setTimeout(() => void this.reconcile(), RECONCILE_AGAIN_MS).unref();
      return;
    }
    const all = records.all();
    if (all.length > 0) this.unsure.started(Math.max(...all.map(({ seenAt }) => seenAt)));
    for (const record of all) {
      const state = actual.get(record.id);
      actual.delete(record.id);
      if (this.find(record.learner, record.course)) continue;
      if (state) this.add(record, state);
      else this.forget(record.id);
    }
    for (const id of this.options.spares.ids()) actual.delete(id);
    void this.options.spares.clear();
    const { recovery } = this;
    for (const id of actual.keys())
      recovery.kept({ kind: 'sandbox', id, why: 'the database does not say whose it is' });
  }

  /**
   * The learner's sandbox of this course; a new one where there is none. `image` is the course's image by name, `address`
   * where they come from now.
   */
  open(learner: string, course: string, image: string, address?: string): SandboxSession {
    const session = this.find(learner, course) ?? this.make(learner, course, image);
    session.address = address ?? session.address;
    return session;
  }

  private make(learner: string, course: string, image: string): SandboxSession {
    const built = this.options.config.images[image];
    if (!built) throw new LearnerError('image-missing');
    const { records } = this.options;
    const existing = records.find(learner, course);
    const { id: imageId, profile } = built;
    const record = existing ?? records.create({ id: randomId(), learner, course, image: imageId, profile });
    return this.add(record, existing ? 'requested' : 'new');
  }

  /** A new sandbox need not be made where one waits that is just like it. */
  private claim({ id, spec }: SandboxSession): Spare | undefined {
    if (!this.pool.open) return undefined;
    const spare = this.pool.claim(spec);
    this.options.onClaim?.(spare !== undefined);
    try {
      if (spare) this.options.records.adopt(id, spare.id);
      spare?.take();
      return spare;
    } catch (error) {
      this.options.log.warn({ sandbox: id, err: error }, 'a sandbox that waited could not be given to its learner');
      void spare?.[Symbol.asyncDispose]();
      return undefined;
    }
  }

  /**
   * Puts another sandbox in the place of the learner's own, and removes that: `SandboxSession.replace`. `noted` is called
   * in the transaction that makes it so. A crash leaves the learner with one of the two, and removes the other.
   */
  async replace(session: SandboxSession, make: () => Promise<Spare>, noted?: (next: Spare) => void): Promise<void> {
    const { records, spares } = this.options;
    const old = session.id;
    const counted = () => {
      this.room.countStart(session);
      return make();
    };
    await session.replace(counted, (spare) => {
      const { id, spec } = spare;
      records.replace(old, { id, image: spec.image, profile: spec.profile }, () => noted?.(spare));
      spare.take();
    });
    void spares.remove(old);
  }

  find(learner: string, course: string): SandboxSession | undefined {
    return this.byOwner.get(key(learner, course));
  }

  /** Every learner's sandbox that this process has met. */
  all(): Iterable<SandboxSession> {
    return this.byOwner.values();
  }

  /** When the learner's sandbox is put to rest if nobody comes; all null where there is none. */
  life(session: SandboxSession | undefined): SandboxLife {
    return lifeOf(session, this.options.config, this.options.clock.now());
  }

  /** Keeps the sandbox's files longer than the settings alone would. Nothing where that is not allowed. */
  extend(session: SandboxSession): void {
    const { clock, config } = this.options;
    if (!this.life(session).extendable) return;
    const until = clock.now() + config.expiryMs + config.extendMs;
    session.attendance.keepUntil = until;
    this.context.onHappening(session, { event: 'extended', what: 'files', until });
  }

  /** Lets the sandbox run longer. Nothing where that is not allowed; throws `others-wait` where somebody needs its place. */
  extendSession(session: SandboxSession): void {
    if (this.room.status.waiting > 0) throw new LearnerError('others-wait');
    if (!session.time.extendable) return;
    session.time.extend();
    this.context.onHappening(session, { event: 'extended', what: 'session', until: session.time.endsAt! });
  }

  /** How many sandboxes wait for a learner. */
  get pooled(): number {
    return this.pool.length;
  }

  private get starting(): boolean {
    return [...this.byOwner.values()].some(({ state }) => state === 'starting');
  }

  /** How many learners wait for a place, and how many sandboxes have one. */
  get status(): { waiting: number; running: number } {
    return this.room.status;
  }

  /** The place in the queue of a sandbox that waits, from 1. */
  placeOf(session: SandboxSession): number | undefined {
    return session.queued ? this.room.placeOf(session.learner) : undefined;
  }

  /** Removes all sandboxes of a learner, with their files and what they left outside. */
  async removeAll(learner: string): Promise<void> {
    // Again, where one was opened meanwhile.
    for (let [record] = this.options.records.of(learner); record; [record] = this.options.records.of(learner)) {
      await this.remove(this.find(learner, record.course) ?? this.add(record, 'requested'));
    }
  }

  /** Removes the learner's sandbox of this course with all of its files; the next one is made anew. */
  async discard(learner: string, course: string, ...why: Parameters<SandboxSession['destroy']>): Promise<void> {
    const session = this.find(learner, course);
    if (session) await this.remove(session, ...why);
  }

  /** Freezes, stops and removes what nobody has used for as long as the settings say. */
  sweep(): Promise<void> {
    this.sweeping ??= this.rest().finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.sweeper);
    this.unsure[Symbol.dispose]();
    clearTimeout(this.reconciler);
    this.room[Symbol.dispose]();
    await this.sweeping;
    await this.pool[Symbol.asyncDispose]();
    for (const session of this.byOwner.values()) session[Symbol.dispose]();
  }

  private async rest(): Promise<void> {
    const { idleFreezeMs, idleStopMs, expiryMs } = this.options.config;
    for (const session of this.byOwner.values()) {
      const idle = session.idleMs;
      try {
        const ripe = !this.unsure.held; // asked for each: the clock may jump between two
        if (ripe && expiryMs > 0 && idle >= expiryMs && this.options.clock.now() >= session.attendance.keepUntil)
          await this.remove(session);
        else if (session.time.over && session.running) await session.stop('time');
        else if (ripe && idleStopMs > 0 && idle >= idleStopMs && session.running) await session.stop('idle');
        else if (idleFreezeMs > 0 && idle >= idleFreezeMs) await session.freeze();
      } catch (error) {
        this.options.log.warn({ sandbox: session.id, err: error }, 'an idle sandbox could not be put to rest');
      }
    }
    await this.room.relieve();
    await this.room.look();
  }

  private noted(sandbox: string, note: () => void): void {
    try {
      note();
    } catch (error) {
      // The disk is full: how exactly it is known when somebody was here must not end their terminal.
      this.options.log.warn({ sandbox, err: error }, 'that somebody is here could not be noted');
    }
  }

  private forget(id: string): void {
    const leftover = {
      kind: 'record',
      id,
      why: 'there is no such sandbox any more; its learner gets a new one',
    } as const;
    try {
      this.options.records.delete(id);
      this.recovery.removed(leftover);
    } catch (error) {
      this.recovery.notRemoved(leftover, error);
    }
  }

  private async remove(session: SandboxSession, ...why: Parameters<SandboxSession['destroy']>): Promise<void> {
    await session.destroy(...why);
    this.options.records.delete(session.id);
    this.byOwner.delete(key(session.learner, session.course));
    await this.options.outlet?.remove(session.id);
  }

  private add(record: SandboxRecord, state: SandboxSession['state'] | 'new'): SandboxSession {
    const { images, limits } = this.options.config;
    const entry = Object.values(images).find(({ id }) => id === record.image);
    const spec = specOf({ ...entry, id: record.image, profile: record.profile }, limits);
    const session = new SandboxSession(this.context, record, spec, state);
    this.byOwner.set(key(record.learner, record.course), session);
    return session;
  }
}

function key(learner: string, course: string): string {
  return `${learner}/${course}`;
}
