/** Who waits, in which order: one place a learner, however many courses they wait for. Knows nothing of why. */

export interface Waiter {
  readonly learner: string;
}

export interface Place<W extends Waiter> {
  readonly learner: string;
  /** When it was taken, in milliseconds since 1970. */
  readonly since: number;
  /** The first is the one whose turn it is. None: they have not come back yet after a restart of the server. */
  readonly waiters: W[];
}

/** Where places outlive the process. */
export interface KeptPlaces {
  all(): { learner: string; since: number }[];
  add(learner: string, since: number): void;
  remove(learner: string): void;
}

export class Line<W extends Waiter> {
  private readonly kept: KeptPlaces;
  private readonly now: () => number;
  /** In order. */
  private places: Place<W>[];

  constructor(kept: KeptPlaces, now: () => number) {
    this.kept = kept;
    this.now = now;
    this.places = kept
      .all()
      .sort((a, b) => a.since - b.since)
      .map((place) => ({ ...place, waiters: [] }));
  }

  get length(): number {
    return this.places.length;
  }

  [Symbol.iterator](): Iterator<Place<W>> {
    return [...this.places][Symbol.iterator]();
  }

  of(learner: string): Place<W> | undefined {
    return this.places.find((place) => place.learner === learner);
  }

  /** At the learner's place, where they have one; else at the end. */
  join(waiter: W): void {
    const { learner } = waiter;
    const place = this.of(learner);
    if (place) return void place.waiters.push(waiter);
    const since = this.now();
    this.places.push({ learner, since, waiters: [waiter] });
    this.kept.add(learner, since);
  }

  /** It waits no longer. A learner who waits for another sandbox too goes to the end if this one had its `turn`. */
  leave(waiter: W, turn: boolean): void {
    const place = this.of(waiter.learner);
    const at = place?.waiters.indexOf(waiter) ?? -1;
    if (!place || at < 0) return;
    place.waiters.splice(at, 1);
    if (place.waiters.length > 0 && !turn) return;
    this.remove(place);
    for (const other of place.waiters) this.join(other);
  }

  remove(place: Place<W>): void {
    this.places = this.places.filter((other) => other !== place);
    this.kept.remove(place.learner);
  }
}
