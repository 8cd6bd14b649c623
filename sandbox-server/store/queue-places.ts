/** Who waits for a place on the host, and since when, so that a restart costs nobody theirs. */
import type { Database } from './database.ts';

export class QueuePlaces {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  /** `since`: milliseconds since 1970. */
  all(): { learner: string; since: number }[] {
    const rows = this.database.prepare('SELECT learner, since FROM queue_place').all();
    return rows.map(({ learner, since }) => ({ learner: learner as string, since: since as number }));
  }

  add(learner: string, since: number): void {
    this.database.prepare('INSERT OR REPLACE INTO queue_place (learner, since) VALUES (?, ?)').run(learner, since);
  }

  remove(learner: string): void {
    this.database.prepare('DELETE FROM queue_place WHERE learner = ?').run(learner);
  }
}
