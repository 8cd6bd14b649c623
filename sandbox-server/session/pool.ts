/**
 * Sandboxes that run and wait for a learner, so that who comes finds one: of each image as many as were lately asked for,
 * filled while nobody starts anything, and given up as soon as the host has no more than it needs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxSpec } from '../sandbox/driver.ts';
import type { Spare, Spares } from './spares.ts';

export interface PoolOptions {
  /** How many may wait in all; 0: there is no pool. */
  size: number;
  spares: Pick<Spares, 'start'>;
  /** What courses' sandboxes are made of. */
  specs: () => Iterable<SandboxSpec>;
  /** How many more sandboxes like this the host has room for, with nobody kept waiting for it. Negative: too many wait. */
  room: (spec: SandboxSpec) => Promise<number>;
  /** Whether learners' own sandboxes are being started now. */
  busy: () => boolean;
  /** Called when one was given up because the host has no room for it. */
  givenUp: () => void;
  now: () => number;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

/** As many wait as were claimed in so long, in milliseconds: a class comes within minutes. */
const DEMAND_MS = 3 * 60_000;

/** How long nothing was started before the machine is taken to have time, in milliseconds. */
const QUIET_MS = 300;

/** How often it is looked at where nothing happens, in milliseconds: demand passes, and the host fills up. */
const LOOK_MS = 5000;

/** For so long after one could not be started none is tried, in milliseconds. */
const FAILED_MS = 30_000;

/** How long a gateway that ends waits for the end of those that wait, in milliseconds: its visitors wait for the next one. */
const END_MS = 1000;

interface Kind {
  spec: SandboxSpec;
  waiting: Spare[];
  /** When one of them was asked for, whether there was one or not. */
  claims: number[];
}

export class Pool implements AsyncDisposable {
  private readonly options: PoolOptions;
  private readonly kinds = new Map<string, Kind>();
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private notBefore = 0;
  private claimedAt = 0;
  private over = false;

  constructor(options: PoolOptions) {
    this.options = options;
    this.later(QUIET_MS);
  }

  /** Whether any may wait. */
  get open(): boolean {
    return this.options.size > 0;
  }

  /** How many wait. */
  get length(): number {
    return [...this.kinds.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  /** One that runs and is made of just this, for whoever calls `take` on it; undefined: none waits. */
  claim(spec: SandboxSpec): Spare | undefined {
    if (!this.open) return undefined;
    const kind = this.kindOf(spec);
    this.claimedAt = this.options.now();
    kind.claims.push(this.claimedAt);
    if (!this.looking) this.later(QUIET_MS);
    return kind.waiting.shift();
  }

  /** Looks what is missing or too much. Resolves when both are done, as far as they can be now. */
  look(): Promise<void> {
    clearTimeout(this.timer);
    this.looking ??= this.fit()
      .catch((error: unknown) => {
        this.options.log.warn({ err: error }, 'the pool could not be looked after');
        return 'done' as const;
      })
      .then((outcome) => {
        this.looking = undefined;
        this.later(outcome === 'busy' ? QUIET_MS : LOOK_MS);
      });
    return this.looking;
  }

  /** Nobody is to come any more. What cannot be removed in time is by the next gateway, as after a crash. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.over = true;
    clearTimeout(this.timer);
    const waiting = [...this.kinds.values()].flatMap((kind) => kind.waiting.splice(0));
    const removed = Promise.all(waiting.map((spare) => spare[Symbol.asyncDispose]()));
    await Promise.race([Promise.all([this.looking, removed]), sleep(END_MS, undefined, { ref: false })]);
  }

  private async fit(): Promise<'done' | 'busy'> {
    this.forgetOthers();
    for (;;) {
      const outcome = this.over ? 'done' : await this.step();
      if (outcome !== 'more') return outcome;
    }
  }

  /** One more, or fewer. `busy`: something is missing, and the machine has no time for it. */
  private async step(): Promise<'more' | 'done' | 'busy'> {
    const { now, busy, room } = this.options;
    const kinds = this.wanted();
    for (const { kind, count } of kinds) await this.shrink(kind, count);
    const missing = kinds.find(({ kind, count }) => kind.waiting.length < count)?.kind;
    const last = kinds.findLast(({ kind }) => kind.waiting.length > 0)?.kind;
    const asked = missing ?? last;
    if (!asked) return 'done';
    const free = await room(asked.spec);
    if (free < 0 && last) {
      await this.shrink(last, last.waiting.length - 1);
      this.options.givenUp();
      return 'more';
    }
    if (!missing || free <= 0 || now() < this.notBefore) return 'done';
    if (busy() || now() - this.claimedAt < QUIET_MS) return 'busy';
    return this.grow(missing);
  }

  private async grow(kind: Kind): Promise<'more' | 'done'> {
    const { spares, now, log } = this.options;
    try {
      const spare = await spares.start(kind.spec);
      if (this.over) {
        await spare[Symbol.asyncDispose]();
        return 'done';
      }
      kind.waiting.push(spare);
      return 'more';
    } catch (error) {
      this.notBefore = now() + FAILED_MS;
      log.warn({ image: kind.spec.image, err: error }, 'no sandbox could be started ahead; it is tried again later');
      return 'done';
    }
  }

  /** How many of each kind are to wait, the most wanted first. Of each that there is a course for, one at least. */
  private wanted(): { kind: Kind; count: number }[] {
    const { now, size } = this.options;
    const kinds = [...this.kinds.values()];
    for (const kind of kinds) kind.claims = kind.claims.filter((at) => Math.abs(now() - at) < DEMAND_MS);
    const sorted = kinds.toSorted((a, b) => b.claims.length - a.claims.length);
    let left = size - sorted.length;
    return sorted.map((kind, index) => {
      if (index >= size) return { kind, count: 0 };
      const more = Math.max(0, Math.min(left, kind.claims.length - 1));
      left -= more;
      return { kind, count: 1 + more };
    });
  }

  /** An image was built anew, or a course is gone: what waits of it is nobody's any more. */
  private forgetOthers(): void {
    const known = new Set([...this.options.specs()].map((spec) => (this.kindOf(spec), keyOf(spec))));
    for (const [key, kind] of this.kinds) {
      if (known.has(key)) continue;
      this.kinds.delete(key);
      void this.shrink(kind, 0);
    }
  }

  private async shrink(kind: Kind, count: number): Promise<void> {
    while (kind.waiting.length > count) await kind.waiting.pop()![Symbol.asyncDispose]();
  }

  private kindOf(spec: SandboxSpec): Kind {
    const key = keyOf(spec);
    const kind = this.kinds.get(key) ?? { spec, waiting: [], claims: [] };
    this.kinds.set(key, kind);
    return kind;
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    if (this.over || !this.open) return;
    this.timer = setTimeout(() => void this.look(), ms).unref();
  }
}

/** Two sandboxes with the same can be told apart by nothing. */
const keyOf = (spec: SandboxSpec) => JSON.stringify(spec);
