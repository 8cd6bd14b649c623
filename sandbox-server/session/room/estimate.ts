/** How long it will be until a place is free: from how often places became free, and from what is known to end. */

/** So many departures are looked at: enough for a mean, few enough to follow the time of day. */
const DEPARTURES = 12;

/** Fewer say nothing. */
const LEAST_DEPARTURES = 3;

/** What was longer ago says nothing about now, in milliseconds. */
const OLDEST_MS = 3 * 3_600_000;

export class Departures {
  private readonly now: () => number;
  private times: number[] = [];

  constructor(now: () => number) {
    this.now = now;
  }

  note(): void {
    this.times = [...this.times, this.now()].slice(-DEPARTURES);
  }

  /**
   * Milliseconds until so many have left; undefined where too little is known. `ends`: in how many milliseconds those
   * that will leave by themselves do, the soonest first. It grows while nobody leaves.
   */
  untilFree(places: number, ends: readonly number[]): number | undefined {
    const measured = this.meanGapMs();
    const known = ends[places - 1];
    if (measured === undefined) return known;
    return Math.min(places * measured, known ?? Number.POSITIVE_INFINITY);
  }

  private meanGapMs(): number | undefined {
    const now = this.now();
    const recent = this.times.filter((time) => now - time < OLDEST_MS);
    if (recent.length < LEAST_DEPARTURES) return undefined;
    return (now - recent[0]!) / (recent.length - 1);
  }
}

/** What is told in minutes; 0 is less than one. Coarser the longer it is: nobody waits to the minute for an hour. */
const STEPS = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 90, 120, 180, 240, 360];

/** How fast what is told follows what is worked out, in milliseconds: one departure alone must not make it jump. */
const CALM_MS = 30_000;

/** How far beyond the middle of two steps it must be for the other to be told. */
const STICKY = 0.1;

/** What one who waits is told: it changes calmly, step by step. */
export class ToldEstimate {
  private readonly now: () => number;
  /** When the wait will be over, in milliseconds since 1970. */
  private expectedAt: number | undefined;
  private updatedAt = 0;
  private step: number | undefined;

  constructor(now: () => number) {
    this.now = now;
  }

  /** `moved`: somebody left and the place is another one, so that news are believed at once. In minutes; null: unknown. */
  update(untilFreeMs: number | undefined, moved: boolean): number | null {
    const now = this.now();
    if (untilFreeMs === undefined) {
      this.expectedAt = undefined;
      this.step = undefined;
      return null;
    }
    const fresh = now + untilFreeMs;
    const weight = moved ? 0.5 : 1 - Math.exp(-Math.max(0, now - this.updatedAt) / CALM_MS);
    this.expectedAt = this.expectedAt === undefined ? fresh : this.expectedAt + (fresh - this.expectedAt) * weight;
    this.updatedAt = now;
    this.step = stepFor(Math.max(0, this.expectedAt - now) / 60_000, this.step);
    return STEPS[this.step]!;
  }
}

/** The step nearest to it; the one that was told as long as it is hardly farther than another. */
function stepFor(minutes: number, told: number | undefined): number {
  const middle = (step: number) => (STEPS[step]! + (STEPS[step + 1] ?? Number.POSITIVE_INFINITY)) / 2;
  if (told !== undefined) {
    const above = told === 0 ? -1 : middle(told - 1) * (1 - STICKY);
    if (minutes > above && minutes < middle(told) * (1 + STICKY)) return told;
  }
  let step = 0;
  while (minutes >= middle(step)) step++;
  return step;
}
