/** Learners: who has a cookie, and by which recovery code they can be found again. */
import type { Database } from './database.ts';
import { storeFailure } from './failure.ts';

export interface Learner {
  id: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface LearnerDetails extends Learner {
  /** When they were last here, to a minute. */
  seenAt: number;
  hasRecoveryCode: boolean;
}

/** How exactly is known when a learner was last here. */
const NOTE_EVERY_MS = 60_000;

export class Learners {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  create(id: string): Learner {
    const createdAt = this.now();
    this.database
      .prepare('INSERT INTO learner (id, created_at, seen_at) VALUES (?, ?, ?)')
      .run(id, createdAt, createdAt);
    return { id, createdAt };
  }

  /** The learner of this id, noted as seen now. */
  visit(id: string): Learner | undefined {
    const row = this.database.prepare('SELECT created_at, seen_at FROM learner WHERE id = ?').get(id);
    if (!row) return undefined;
    // Every request asks: a write for each would wait for the disk each time. A clock that was ahead is put right.
    if (Math.abs(this.now() - (row['seen_at'] as number)) >= NOTE_EVERY_MS) this.note(id);
    return { id, createdAt: row['created_at'] as number };
  }

  /** Where it cannot be written, a learner is no stranger for that. */
  private note(id: string): void {
    try {
      this.database.prepare('UPDATE learner SET seen_at = ? WHERE id = ?').run(this.now(), id);
    } catch (error) {
      if (!storeFailure(error)) throw error;
    }
  }

  details(id: string): LearnerDetails | undefined {
    const row = this.database.prepare('SELECT * FROM learner WHERE id = ?').get(id);
    return (
      row && {
        id,
        createdAt: row['created_at'] as number,
        seenAt: row['seen_at'] as number,
        hasRecoveryCode: row['recovery_hash'] !== null,
      }
    );
  }

  /** And all that is kept of them. */
  delete(id: string): void {
    this.database.prepare('DELETE FROM learner WHERE id = ?').run(id);
  }

  setRecoveryHash(id: string, hash: string): void {
    this.database.prepare('UPDATE learner SET recovery_hash = ? WHERE id = ?').run(hash, id);
  }

  findByRecoveryHash(hash: string): string | undefined {
    return this.database.prepare('SELECT id FROM learner WHERE recovery_hash = ?').get(hash)?.['id'] as
      string | undefined;
  }

  count(): number {
    return this.database.prepare('SELECT count(*) AS n FROM learner').get()!['n'] as number;
  }
}
