/** Which lessons each sandbox is prepared for. */
import type { Database } from './database.ts';

/** The part of a lesson that counts: its slug, and the version of all that prepares it. */
export interface LessonVersion {
  slug: string;
  version: string;
}

export class PreparedLessons {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  has(sandbox: string, { slug, version }: LessonVersion): boolean {
    const row = this.database
      .prepare('SELECT 1 FROM prepared_lesson WHERE sandbox = ? AND lesson = ? AND version = ?')
      .get(sandbox, slug, version);
    return row !== undefined;
  }

  /** Does nothing where the sandbox is gone. */
  add(sandbox: string, { slug, version }: LessonVersion): void {
    this.database
      .prepare(
        'INSERT OR REPLACE INTO prepared_lesson (sandbox, lesson, version) SELECT id, ?, ? FROM sandbox WHERE id = ?',
      )
      .run(slug, version, sandbox);
  }
}
