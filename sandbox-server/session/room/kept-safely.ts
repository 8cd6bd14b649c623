/** Places in line whose notes may fail: a disk that is full must not keep anybody from waiting. */
import type { KeptPlaces } from './line.ts';

export class KeptSafely implements KeptPlaces {
  private readonly kept: KeptPlaces;
  private readonly log: { warn(fields: object, text: string): void };

  constructor(kept: KeptPlaces, log: KeptSafely['log']) {
    this.kept = kept;
    this.log = log;
  }

  all(): { learner: string; since: number }[] {
    return this.kept.all();
  }

  add(learner: string, since: number): void {
    this.attempt(() => this.kept.add(learner, since));
  }

  remove(learner: string): void {
    this.attempt(() => this.kept.remove(learner));
  }

  private attempt(note: () => void): void {
    try {
      note();
    } catch (error) {
      this.log.warn({ err: error }, 'a place in the queue could not be noted: a restart of the server would lose it');
    }
  }
}
