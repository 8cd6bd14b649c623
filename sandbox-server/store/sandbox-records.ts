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
  /** Milliseconds since 1970. */
  createdAt: number;
  /** When somebody last looked at it. */
  seenAt: number;
  /** Its files are kept at least until then. */
  keepUntil: number;
  /** When its session's time is over, where it runs and has an end. */
  endsAt: number | null;
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

  /** Those of one learner. */
  of(learner: string): SandboxRecord[] {
    return this.database.prepare('SELECT * FROM sandbox WHERE learner = ?').all(learner).map(toRecord);
  }

  create(record: Omit<SandboxRecord, 'createdAt' | 'seenAt' | 'keepUntil' | 'endsAt'>): SandboxRecord {
    const now = this.now();
    this.database
      .prepare(
        'INSERT INTO sandbox (id, learner, course, image, profile, created_at, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(record.id, record.learner, record.course, record.image, record.profile, now, now);
    return { ...record, createdAt: now, seenAt: now, keepUntil: 0, endsAt: null };
  }

  seen(id: string): void {
    this.database.prepare('UPDATE sandbox SET seen_at = ? WHERE id = ?').run(this.now(), id);
  }

  /** By a clock that has jumped: what was noted by the one before would be too old or yet to come. */
  seenAll(): void {
    this.database.prepare('UPDATE sandbox SET seen_at = ?').run(this.now());
  }

  keep(id: string, until: number): void {
    this.database.prepare('UPDATE sandbox SET keep_until = ? WHERE id = ?').run(until, id);
  }

  noteEnd(id: string, endsAt: number | null): void {
    this.database.prepare('UPDATE sandbox SET ends_at = ? WHERE id = ?').run(endsAt, id);
  }

  /**
   * Puts another sandbox in the place of one. The other was spare; the one is from now on. All of that happens, and what
   * `also` writes, or nothing.
   */
  replace(
    old: string,
    { id, image, profile }: Pick<SandboxRecord, 'id' | 'image' | 'profile'>,
    also: () => void = () => {},
  ): void {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const row = this.database
        .prepare('SELECT learner, course, keep_until, ends_at FROM sandbox WHERE id = ?')
        .get(old);
      if (!row) throw new Error(`sandbox ${old} is nobody's`);
      this.delete(old);
      this.create({ id, learner: row['learner'] as string, course: row['course'] as string, image, profile });
      this.keep(id, row['keep_until'] as number);
      this.noteEnd(id, row['ends_at'] as number | null);
      this.database.prepare('DELETE FROM spare_sandbox WHERE id = ?').run(id);
      this.database.prepare('INSERT INTO spare_sandbox (id, noted_at) VALUES (?, ?)').run(old, this.now());
      also();
      this.database.exec('COMMIT');
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Gives a spare sandbox to whom one was promised that is not made yet: both are noted, or nothing. */
  adopt(promised: string, spare: string): void {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      this.database.prepare('UPDATE sandbox SET id = ? WHERE id = ?').run(spare, promised);
      this.database.prepare('DELETE FROM spare_sandbox WHERE id = ?').run(spare);
      this.database.exec('COMMIT');
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
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
    createdAt: row['created_at'] as number,
    seenAt: row['seen_at'] as number,
    keepUntil: row['keep_until'] as number,
    endsAt: row['ends_at'] as number | null,
  };
}
