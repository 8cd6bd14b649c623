/** Which tasks have begun in each sandbox: their setup is done there. */
import type { Database } from './database.ts';
import type { LessonVersion } from './prepared-lessons.ts';

export class BegunTasks {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  has(sandbox: string, { slug, version }: LessonVersion, task: string): boolean {
    const row = this.database
      .prepare('SELECT 1 FROM begun_task WHERE sandbox = ? AND lesson = ? AND task = ? AND version = ?')
      .get(sandbox, slug, task, version);
    return row !== undefined;
  }

  /** Does nothing where the sandbox is gone. */
  add(sandbox: string, { slug, version }: LessonVersion, task: string): void {
    this.database
      .prepare(
        'INSERT OR REPLACE INTO begun_task (sandbox, lesson, task, version) SELECT id, ?, ?, ? FROM sandbox WHERE id = ?',
      )
      .run(slug, task, version, sandbox);
  }

  /** All tasks of the lesson up to this one. */
  addUpTo(sandbox: string, lesson: LessonVersion & { tasks: readonly { id: string }[] }, task: string): void {
    const last = lesson.tasks.findIndex(({ id }) => id === task);
    for (const { id } of lesson.tasks.slice(0, last + 1)) this.add(sandbox, lesson, id);
  }
}
