/** Sandboxes that are nobody's, and are to be removed. */
import type { Database } from './database.ts';

export class SpareRecords {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  all(): string[] {
    return this.database
      .prepare('SELECT id FROM spare_sandbox')
      .all()
      .map((row) => row['id'] as string);
  }

  add(id: string): void {
    this.database.prepare('INSERT OR IGNORE INTO spare_sandbox (id, noted_at) VALUES (?, ?)').run(id, this.now());
  }

  delete(id: string): void {
    this.database.prepare('DELETE FROM spare_sandbox WHERE id = ?').run(id);
  }
}
