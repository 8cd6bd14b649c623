/** How long a sandbox may run in one go: when that is over, and whether its learner may have it later. */

export interface SessionTimeOptions {
  now: () => number;
  /** In milliseconds; 0: as long as one likes. */
  sessionMs: number;
  /** How much longer, from the moment that it is asked for; 0: not at all. */
  extendMs: number;
  /** As the property, of a sandbox that runs already. */
  endsAt: number | null;
  /** Notes it in the database. */
  note: (endsAt: number | null) => void;
}

/** What is gained by less than this, in milliseconds, is not worth asking for. */
const LEAST_EXTENSION_MS = 60_000;

export class SessionTime {
  private readonly options: SessionTimeOptions;
  private end: number | null;
  private readonly following = new Set<() => void>();

  constructor(options: SessionTimeOptions) {
    this.options = options;
    this.end = options.sessionMs > 0 ? options.endsAt : null;
  }

  /** In milliseconds since 1970; null: it has no end, or does not run. */
  get endsAt(): number | null {
    return this.end;
  }

  get over(): boolean {
    return this.end !== null && this.options.now() >= this.end;
  }

  /** Whether `extend` would make it longer. */
  get extendable(): boolean {
    const { now, extendMs } = this.options;
    return this.end !== null && extendMs > 0 && now() + extendMs - this.end >= LEAST_EXTENSION_MS;
  }

  /** As a page is told it; undefined: there is no end. */
  get told(): { leftMs: number; extendMs: number } | undefined {
    const { now, extendMs } = this.options;
    return this.end === null ? undefined : { leftMs: Math.max(0, this.end - now()), extendMs };
  }

  /** Called whenever the end is another one, until disposed. */
  follow(changed: () => void): Disposable {
    this.following.add(changed);
    return { [Symbol.dispose]: () => void this.following.delete(changed) };
  }

  /** The sandbox runs. What ran on, as over a restart of the server, keeps its time. */
  begin(): void {
    const { now, sessionMs } = this.options;
    if (sessionMs > 0 && this.end === null) this.set(now() + sessionMs);
  }

  /** The sandbox runs no more. */
  stop(): void {
    if (this.end !== null) this.set(null);
  }

  extend(): void {
    const { now, extendMs } = this.options;
    if (this.extendable) this.set(now() + extendMs);
  }

  /** The host's clock was put on by so much. */
  shift(ms: number): void {
    if (this.end !== null) this.set(this.end + ms);
  }

  private set(end: number | null): void {
    this.end = end;
    this.options.note(end);
    for (const changed of this.following) changed();
  }
}
