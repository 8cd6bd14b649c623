/** Which tasks have begun in each sandbox, and which it was given the solutions of. */
import type { Database } from './database.ts';

export class BegunTasks {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  /** `lesson`: its slug. */
  has(sandbox: string, lesson: string, task: string): boolean {
    const row = this.database
      .prepare('SELECT 1 FROM begun_task WHERE sandbox = ? AND lesson = ? AND task = ?')
      .get(sandbox, lesson, task);
    return row !== undefined;
  }

  /** Tasks whose solution the sandbox was made with: its learner was brought past them. */
  given(sandbox: string, lesson: string): ReadonlySet<string> {
    const rows = this.database
      .prepare('SELECT task FROM begun_task WHERE sandbox = ? AND lesson = ? AND given = 1')
      .all(sandbox, lesson);
    return new Set(rows.map(({ task }) => task as string));
  }

  /** Does nothing where the sandbox is gone. */
  add(sandbox: string, lesson: string, tasks: readonly string[], options: { given: boolean } = { given: false }): void {
    const insert = this.database.prepare(
      'INSERT OR IGNORE INTO begun_task (sandbox, lesson, task, given) SELECT id, ?, ?, ? FROM sandbox WHERE id = ?',
    );
    for (const task of tasks) insert.run(lesson, task, Number(options.given), sandbox);
  }
}
