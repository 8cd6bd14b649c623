/** Which tasks have begun in each sandbox. */
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

  /** Does nothing where the sandbox is gone. */
  add(sandbox: string, lesson: string, tasks: readonly string[]): void {
    const insert = this.database.prepare(
      'INSERT OR IGNORE INTO begun_task (sandbox, lesson, task) SELECT id, ?, ? FROM sandbox WHERE id = ?',
    );
    for (const task of tasks) insert.run(lesson, task, sandbox);
  }
}
