/**
 * The host's places for sandboxes that run: who may start, who waits in line, who is stopped for them.
 *
 * What is short for all (places, memory) is given in the order of the line, and nobody overtakes. What keeps back one
 * learner alone (their own limits, a disk that cannot be made) holds up nobody behind.
 */
import type { Config } from '../../config.ts';
import type { ErrorCode } from '../../protocol/errors.ts';
import type { HostCapacity, SandboxSpec } from '../../sandbox/driver.ts';
import { LearnerError } from '../learner-error.ts';
import type { StopReason } from '../stop-reason.ts';
import { Departures, ToldEstimate } from './estimate.ts';
import { type Guest, thatMayYield } from './guest.ts';
import { HostRoom } from './host-room.ts';
import { type KeptPlaces, Line } from './line.ts';
import { Limits, type Obstacle } from './limits.ts';
import { tellLine, type Waiting } from './tell-line.ts';
import { type Asking, awayMs, type Waiter } from './waiter.ts';

export interface RoomOptions {
  /** All learners' sandboxes. */
  guests: () => Guest[];
  capacity: () => Promise<HostCapacity>;
  /** Called when somebody waits for what all share. */
  onShort?: () => void;
  places: KeptPlaces;
  now: () => number;
  config: Pick<
    Config,
    | 'maxSandboxes'
    | 'sandboxesPerLearner'
    | 'sandboxesPerAddress'
    | 'startsPerLearner'
    | 'startsPerAddress'
    | 'minFreeMemoryBytes'
    | 'minFreeDiskBytes'
    | 'queueLength'
  >;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

/** How often it is looked whose turn it is where nothing happens, in milliseconds: what is idle becomes free with time. */
const LOOK_EVERY_MS = 5000;

/** For so long a place in line is kept for a learner who is away, in milliseconds: a reload, a tunnel, a server's restart. */
const KEEP_PLACE_MS = 2 * 60_000;

/** Who is away for longer than a reload takes is passed over when their turn comes, in milliseconds. */
const PASS_OVER_MS = 10_000;

/** Of the line one address may take so much, so that there is an end of it for others. */
const SHARE_OF_LINE = 1 / 2;

export class Room implements Disposable {
  private readonly options: RoomOptions;
  private readonly line: Line<Waiter>;
  private readonly limits: Limits;
  private readonly host: HostRoom;
  private readonly departures: Departures;
  /** Those about whom nothing is decided yet, in order. */
  private arrivals: Waiter[] = [];
  /** Those that are being stopped for somebody. */
  private readonly yielding = new Set<Guest>();
  private readonly since: number;
  private looking: Promise<void> | undefined;
  private again = false;
  private over = false;
  /** Whether somebody waits for what all share, as far as it was looked last. */
  private short = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: RoomOptions) {
    this.options = options;
    const { config, now, places } = options;
    this.line = new Line(places, now);
    this.host = new HostRoom(config, now);
    this.limits = new Limits(config, this.host, now);
    this.departures = new Departures(now);
    this.since = now();
    if (this.line.length > 0) this.setTimer(LOOK_EVERY_MS);
  }

  /** How many learners wait, and how many sandboxes have a place. */
  get status(): { waiting: number; running: number } {
    return { waiting: this.line.length, running: this.occupants().length };
  }

  /**
   * Resolves when there is a place for one more, which it then has. Rejects with a `LearnerError`: `no-room` where nobody
   * would wait or who waited is gone, `queue-full`, what `leave` says.
   */
  admit(guest: Guest, asking: Asking): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settle = (refused?: LearnerError) => (refused ? reject(refused) : resolve());
    const estimate = new ToldEstimate(this.options.now);
    this.arrivals.push({ learner: guest.learner, guest, asking, estimate, settle, place: 0, told: '' });
    void this.look();
    return promise;
  }

  /** The learner's place in the queue, from 1; undefined: they do not wait. */
  placeOf(learner: string): number | undefined {
    const before = [...this.line].findIndex((place) => place.learner === learner);
    return before < 0 ? undefined : before + 1;
  }

  /** It does not want a place any more; who waits for it is told the code. */
  leave(guest: Guest, code: ErrorCode): void {
    for (const waiter of this.waiters()) {
      if (waiter.guest === guest) this.refuse(waiter, code);
    }
  }

  /** Counts one more start of the learner's. Throws where that is too often. */
  countStart(guest: Guest): void {
    if (this.limits.startWaitMs(guest) > 0) throw new LearnerError('too-many-requests');
    this.limits.started(guest);
  }

  /** A place became free. `departed`: its learner is done with it for now. */
  freed(departed: boolean): void {
    if (departed) this.departures.note();
    void this.look();
  }

  /** Looks whose turn it is. */
  look(): Promise<void> {
    this.again = !this.over;
    this.looking ??= this.lookAround().finally(() => {
      this.looking = undefined;
      if (this.again) void this.look(); // asked for after the last look had ended
    });
    return this.looking;
  }

  /**
   * How many more like this could run beside `held` others that are nobody's, with no learner kept waiting for it. Negative:
   * those are in somebody's way already.
   */
  async left({ limits }: Pick<SandboxSpec, 'limits'>, held: number): Promise<number> {
    const host = await this.capacity();
    if (!host) return 0;
    if ((this.short && this.line.length > 0) || this.host.isShort(host) || !this.host.hasDisk(host)) return -1;
    const places = this.options.config.maxSandboxes - this.occupants().length - held;
    return this.host.hasMemory(host, limits) ? places : Math.min(places, 0);
  }

  /** Where what runs has taken more memory than should be, stops one of those that nobody looks at. */
  async relieve(): Promise<void> {
    const host = await this.capacity();
    if (!host || !this.host.isShort(host) || this.yielding.size > 0) return;
    const [first] = thatMayYield(this.options.guests());
    if (first) await this.stop(first, 'room');
  }

  [Symbol.dispose](): void {
    this.over = true;
    clearTimeout(this.timer);
    for (const waiter of this.waiters()) waiter.settle(new LearnerError('server-stopping'));
  }

  private async lookAround(): Promise<void> {
    while (this.again) {
      this.again = false;
      if (this.arrivals.length === 0 && this.line.length === 0) return;
      const host = await this.capacity();
      if (!this.over) this.decide(host);
    }
    if (this.line.length > 0) this.setTimer(LOOK_EVERY_MS);
  }

  private capacity(): Promise<HostCapacity | undefined> {
    // What cannot be asked cannot start a sandbox either, and says so better.
    return this.options.capacity().catch(() => undefined);
  }

  /** Without a pause from here on: what is counted stays true. */
  private decide(host: HostCapacity | undefined): void {
    this.forgetWhoLeft();
    const ahead: Obstacle[] = [];
    const judge = (waiter: Waiter): Obstacle | undefined => {
      const obstacle = this.limits.obstacle(waiter.guest, { occupants: this.occupants(), host, ahead });
      if (!obstacle) this.letIn(waiter);
      else ahead.push(obstacle);
      return obstacle;
    };
    const waiting: Waiting[] = [];
    for (const { waiters } of this.line) {
      const [first] = waiters;
      if (!first || awayMs(waiters) >= PASS_OVER_MS) continue;
      const obstacle = judge(first);
      if (obstacle) waiting.push({ waiter: first, obstacle });
    }
    const arrived = this.arrivals.splice(0);
    for (const waiter of arrived) {
      const obstacle = judge(waiter);
      if (!obstacle) continue;
      if (this.isFullFor(waiter)) {
        waiter.settle(new LearnerError('queue-full'));
        continue;
      }
      this.line.join(waiter);
      waiting.push({ waiter, obstacle });
    }
    this.makeRoom(waiting.map(({ obstacle }) => obstacle));
    this.refuseImpatient(arrived);
    const { guests, now } = this.options;
    const line = { line: this.line, departures: this.departures, guests: guests(), now: now() };
    this.setTimer(Math.min(LOOK_EVERY_MS, tellLine(waiting, line)));
  }

  private letIn(waiter: Waiter): void {
    const { guest, asking, settle } = waiter;
    this.line.leave(waiter, true);
    this.limits.started(guest);
    this.host.take(guest.spec.limits);
    asking.granted();
    settle();
  }

  private isFullFor({ guest: { learner, address } }: Waiter): boolean {
    if (this.line.of(learner)) return false;
    const { queueLength } = this.options.config;
    const neighbours = [...this.line].filter(({ waiters }) => waiters[0]?.guest.address === address);
    return this.line.length >= queueLength || neighbours.length >= Math.ceil(queueLength * SHARE_OF_LINE);
  }

  /** Those for whom nobody waits, unless a place is just being made for them. */
  private refuseImpatient(arrived: readonly Waiter[]): void {
    const ready = this.yielding.size;
    const soon = [...this.line].slice(0, ready).flatMap(({ waiters }) => waiters);
    for (const waiter of arrived) {
      if (!waiter.asking.patient() && !soon.includes(waiter)) this.refuse(waiter, 'no-room');
    }
  }

  private refuse(waiter: Waiter, code: ErrorCode): void {
    this.arrivals = this.arrivals.filter((other) => other !== waiter);
    this.line.leave(waiter, false);
    waiter.settle(new LearnerError(code));
  }

  /** Those who were away for too long have their place no more. */
  private forgetWhoLeft(): void {
    const { now, log } = this.options;
    for (const place of this.line) {
      const away = place.waiters.length > 0 ? awayMs(place.waiters) : now() - this.since;
      if (away < KEEP_PLACE_MS) continue;
      log.info({ waitedMs: now() - place.since }, 'left the queue');
      this.line.remove(place);
      for (const waiter of place.waiters) waiter.settle(new LearnerError('no-room'));
    }
  }

  private makeRoom(obstacles: readonly Obstacle[]): void {
    const [blocking] = obstacles.filter(({ shared }) => shared);
    const guests = this.options.guests().filter((guest) => !this.yielding.has(guest));
    this.short = obstacles.some(({ shared, why }) => shared || why === 'disk');
    if (this.short) this.options.onShort?.();
    if (blocking) {
      // What another one's end gives back of memory is known only afterwards.
      const wanted = blocking.why === 'memory' ? 1 : obstacles.filter(({ shared }) => shared).length;
      for (const guest of thatMayYield(guests).slice(0, Math.max(0, wanted - this.yielding.size))) {
        void this.stop(guest, 'room');
      }
    }
    for (const { among } of obstacles) {
      if (!among || among.some((guest) => this.yielding.has(guest))) continue;
      const [own] = thatMayYield(among, { own: true });
      if (own) void this.stop(own, 'own-room');
    }
  }

  private async stop(guest: Guest, reason: StopReason): Promise<void> {
    this.yielding.add(guest);
    try {
      await guest.stop(reason);
    } catch (error) {
      this.options.log.warn({ sandbox: guest.id, err: error }, 'a sandbox could not be stopped for one who waits');
    } finally {
      this.yielding.delete(guest);
    }
  }

  private occupants(): Guest[] {
    return this.options.guests().filter(({ occupies }) => occupies);
  }

  private waiters(): Waiter[] {
    return [...this.arrivals, ...[...this.line].flatMap(({ waiters }) => waiters)];
  }

  private setTimer(ms: number): void {
    clearTimeout(this.timer);
    if (this.over) return;
    this.timer = setTimeout(() => void this.look(), ms).unref();
  }
}
