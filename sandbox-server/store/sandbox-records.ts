/** Which sandbox belongs to whom. What state it is in, the driver knows; this says that it exists. */
import type { Profile } from '../sandbox/driver.ts';
import type { Database } from './database.ts';

export interface SandboxRecord {
  id: string;
  learner: string;
  course: string;
  /** Identity of the image that its disk lies over, for its life. */
  image: string;
  profile: Profile;
  /** Milliseconds since 1970: when somebody last looked at it. */
  seenAt: number;
  /** Milliseconds since 1970: its files are kept at least until then. */
  keepUntil: number;
}

export class SandboxRecords {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  find(learner: string, course: string): SandboxRecord | undefined {
    const row = this.database.prepare('SELECT * FROM sandbox WHERE learner = ? AND course = ?').get(learner, course);
    return row && toRecord(row);
  }

  all(): SandboxRecord[] {
    return this.database.prepare('SELECT * FROM sandbox').all().map(toRecord);
  }

  create(record: Omit<SandboxRecord, 'seenAt' | 'keepUntil'>): SandboxRecord {
    const now = this.now();
    this.database
      .prepare(
        'INSERT INTO sandbox (id, learner, course, image, profile, created_at, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(record.id, record.learner, record.course, record.image, record.profile, now, now);
    return { ...record, seenAt: now, keepUntil: 0 };
  }

  seen(id: string): void {
    this.database.prepare('UPDATE sandbox SET seen_at = ? WHERE id = ?').run(this.now(), id);
  }

  keep(id: string, until: number): void {
    this.database.prepare('UPDATE sandbox SET keep_until = ? WHERE id = ?').run(until, id);
  }

  delete(id: string): void {
    this.database.prepare('DELETE FROM sandbox WHERE id = ?').run(id);
  }
}

function toRecord(row: Record<string, unknown>): SandboxRecord {
  return {
    id: row['id'] as string,
    learner: row['learner'] as string,
    course: row['course'] as string,
    image: row['image'] as string,
    profile: row['profile'] as Profile,
    seenAt: row['seen_at'] as number,
    keepUntil: row['keep_until'] as number,
  };
}
