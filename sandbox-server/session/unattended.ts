/**
 * Slows down what computes for long with nobody looking: a miner, or a loop that was forgotten. Given its processors back
 * when its learner is there again or it has become quiet. What it slowed down before the gateway was started again, it
 * learns from the driver.
 */
import { cpus, loadavg } from 'node:os';
import type { SandboxDriver } from '../sandbox/driver.ts';
import type { OnHappening } from './happening.ts';
import type { SandboxSession } from './sandbox-session.ts';

export interface UnattendedOptions {
  driver: Pick<SandboxDriver, 'stats' | 'throttle'>;
  sessions: () => Iterable<SandboxSession>;
  now: () => number;
  /** How long it may be busy, in milliseconds; 0: for ever. */
  busyAfterMs: number;
  /** Part of its processors that it keeps then. */
  busyShare: number;
  host: () => HostProcessors;
  onHappening: OnHappening;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

/** The host's processors since it was started. */
export interface HostProcessors {
  number: number;
  /** Milliseconds that they had nothing to do, all together. */
  idleMs: number;
  /** How many processes run or could run, on average of the last minute. */
  load: number;
}

export function hostProcessors(): HostProcessors {
  const all = cpus();
  return { number: all.length, idleMs: all.reduce((sum, { times }) => sum + times.idle, 0), load: loadavg()[0]! };
}

/** From this part of what it may use on a sandbox is busy: a program that waits for something now and then is not. */
const BUSY = 0.8;

/** Below this part of what it was left one that was slowed down is quiet: on a full host it may not get all of that. */
const QUIET = 0.4;

const uses = (part: number, from: Sample, to: Sample) =>
  to.possible > from.possible && to.used - from.used >= part * (to.possible - from.possible);

/** A host whose processors are idle for less than this part of the time gives nobody what they may use. */
const FULL = 0.05;

/** How often it is looked, in milliseconds: more often where a sandbox may be busy for less long than is usual. */
const LOOK_MS = 30_000;
const LOOKS_BEFORE = 5;

/** What a sandbox had used when it was looked at, and what it could have, in microseconds of a processor. */
interface Sample {
  at: number;
  used: number;
  possible: number;
}

export class Unattended implements Disposable {
  private readonly options: UnattendedOptions;
  /** Of each since nobody is there, the oldest first, as far back as it may be busy. */
  private readonly seen = new Map<SandboxSession, { id: string; samples: Sample[] }>();
  private readonly timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private host: { idleMs: number; at: number } | undefined;

  constructor(options: UnattendedOptions) {
    this.options = options;
    const { busyAfterMs } = options;
    if (busyAfterMs === 0) return;
    this.timer = setInterval(() => void this.look(), Math.min(LOOK_MS, busyAfterMs / LOOKS_BEFORE));
    this.timer.unref();
  }

  /** Looks at every sandbox that runs with nobody there. */
  look(): Promise<void> {
    this.looking ??= this.lookAtAll().finally(() => (this.looking = undefined));
    return this.looking;
  }

  /** Its learner is there: whoever slowed it down, this gateway or the one before. */
  returned(session: SandboxSession): void {
    if (session.state !== 'ready' && session.state !== 'frozen') return;
    const known = this.seen.get(session)?.id === session.id;
    this.seen.delete(session);
    if (known && !session.throttled) return;
    void this.lift(session, 'returned');
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  private async lookAtAll(): Promise<void> {
    const most = this.most();
    for (const session of this.options.sessions()) {
      try {
        if (session.state !== 'ready') this.forget(session);
        else if (session.attendance.viewed && session.throttled) await this.lift(session, 'returned');
        else if (!session.attendance.viewed) await this.lookAt(session, most);
      } catch (error) {
        this.forget(session);
        this.options.log.warn({ sandbox: session.id, err: error }, 'how busy a sandbox is could not be found out');
      }
    }
  }

  /** How many processors one sandbox can have: where the host has no more to give, what a process gets there. */
  private most(): number {
    const at = this.options.now();
    const { number, idleMs, load } = this.options.host();
    const last = this.host;
    this.host = { idleMs, at };
    const full = last && at > last.at && idleMs - last.idleMs < FULL * number * (at - last.at);
    return full ? number / Math.max(number, load) : number;
  }

  private forget(session: SandboxSession): void {
    this.seen.delete(session);
    // What has stopped starts with all of its processors; what is frozen keeps what it has.
    if (session.state !== 'frozen') session.throttled = false;
  }

  private async lookAt(session: SandboxSession, most: number): Promise<void> {
    const { driver, now, busyAfterMs } = this.options;
    const { id } = session;
    const { cpuMicroseconds, processorShare } = await driver.stats(id);
    if (id !== session.id || session.attendance.viewed || session.state !== 'ready')
      return void this.seen.delete(session);
    const at = now();
    session.throttled = processorShare < 1;
    const processors = Math.min(session.spec.limits.cpus * processorShare, most);
    const known = this.seen.get(session);
    const samples = known?.id === id ? known.samples : [];
    this.seen.set(session, { id, samples });
    const last = samples.at(-1);
    const possible = (last?.possible ?? 0) + (last ? at - last.at : 0) * 1000 * processors;
    samples.push({ at, used: cpuMicroseconds, possible });
    // The first is the last that is old enough.
    while (samples[1] && at - samples[1].at >= busyAfterMs) samples.shift();
    if (session.throttled) {
      if (last && !uses(QUIET, last, samples.at(-1)!)) await this.lift(session, 'quiet');
    } else if (at - samples[0]!.at >= busyAfterMs && uses(BUSY, samples[0]!, samples.at(-1)!)) {
      await this.throttle(session);
    }
  }

  private async throttle(session: SandboxSession): Promise<void> {
    const { driver, busyShare, onHappening, log } = this.options;
    await driver.throttle(session.id, busyShare);
    session.throttled = true;
    session.attendance.leftAs('throttled');
    log.warn({ sandbox: session.id }, 'slowed down: busy for long with nobody there');
    onHappening(session, { event: 'throttled' });
    // They came while it was done.
    if (session.attendance.viewed) await this.lift(session, 'returned');
  }

  private async lift(session: SandboxSession, reason: 'returned' | 'quiet'): Promise<void> {
    const { driver, onHappening, log } = this.options;
    const was = session.throttled;
    try {
      await driver.throttle(session.id, 1);
      session.throttled = false;
      if (!was) return;
      log.info({ sandbox: session.id, reason }, 'not slowed down any more');
      onHappening(session, { event: 'unthrottled', reason });
    } catch (error) {
      session.throttled = true; // it is tried again
      log.warn({ sandbox: session.id, err: error }, 'a sandbox that was slowed down did not get its processors back');
    }
  }
}
