/** Who looks at a sandbox, since when nobody does, what became of it meanwhile, and how long it is kept for them. */

/** What became of a sandbox while its learner was away. */
export type Returned = 'throttled' | 'frozen' | 'stopped';

export interface AttendanceOptions {
  now: () => number;
  /** When somebody was there last, in milliseconds since 1970. */
  seenAt: number;
  /** As the property. */
  keepUntil: number;
  /** Notes in the database that somebody is here, and until when the sandbox is kept. */
  noteSeen: () => void;
  noteKept: (until: number) => void;
  left: Returned | undefined;
}

/** How exactly the database knows when somebody was last here; time-outs are minutes at least. */
const NOTE_EVERY_MS = 30_000;

export class Attendance {
  private readonly options: AttendanceOptions;
  private viewers = 0;
  private seenAt: number;
  private notedAt = 0;
  private left: Returned | undefined;
  private kept: number;

  constructor(options: AttendanceOptions) {
    this.options = options;
    // What was noted by a clock that was ahead: somebody is here yet.
    this.seenAt = Math.min(options.seenAt, options.now());
    this.left = options.left;
    this.kept = options.keepUntil;
  }

  /** The sandbox's files are kept at least until then, whoever comes or not: in milliseconds since 1970. */
  get keepUntil(): number {
    return this.kept;
  }

  set keepUntil(time: number) {
    this.kept = time;
    this.options.noteKept(time);
  }

  get viewed(): boolean {
    return this.viewers > 0;
  }

  /** How many look: tabs with a terminal of it, and what counts as one. */
  get count(): number {
    return this.viewers;
  }

  /** When somebody was there last, in milliseconds since 1970. */
  get lastAt(): number {
    return this.viewed ? this.options.now() : this.seenAt;
  }

  /** Milliseconds since somebody last looked; 0 while somebody does. */
  get idleMs(): number {
    return this.viewed ? 0 : this.options.now() - this.seenAt;
  }

  /** Counts a viewer until disposed. */
  view(): Disposable {
    this.viewers++;
    this.seen();
    return {
      [Symbol.dispose]: () => {
        this.viewers--;
        this.seen();
      },
    };
  }

  /**
   * The clock jumped so far, back where it is negative. Nobody is away for longer by that: of the two times at which they
   * may have been here last, the later one counts.
   */
  shift(ms: number): void {
    const now = this.options.now();
    this.seenAt = Math.min(now, this.seenAt + Math.max(0, ms));
    this.notedAt = Math.min(now, this.notedAt);
  }

  /** What the next who comes is told; who looks has seen it. What has stopped is not frozen any more. */
  leftAs(left: Returned): void {
    const missed = !this.viewed || this.left !== undefined;
    if (missed && this.left !== 'stopped') this.left = left;
  }

  /** What became of the sandbox while its learner was away; undefined where nothing did, or they were told. */
  takeReturned(): Returned | undefined {
    const { left } = this;
    this.left = undefined;
    return left;
  }

  /** Somebody is here. */
  seen(): void {
    this.seenAt = this.options.now();
    // Rounded: a page that is hidden and shown again and again must not make the database write each time.
    if (this.seenAt - this.notedAt < NOTE_EVERY_MS) return;
    this.notedAt = this.seenAt;
    this.options.noteSeen();
  }
}
