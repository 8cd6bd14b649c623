/** What a database has, counted: what is told of a backup, and by which it is compared with what it was made of. */
import type { DatabaseSync } from 'node:sqlite';

export interface Contents {
  learners: number;
  /** Lessons that were opened, tasks that were begun or done, quizzes that were answered. */
  progress: number;
  sandboxes: number;
}

const TABLES: Record<keyof Contents, string[]> = {
  learners: ['learner'],
  progress: ['lesson_progress', 'task_progress', 'quiz_progress'],
  sandboxes: ['sandbox'],
};

export function contentsOf(database: DatabaseSync): Contents {
  const all = new Set(tablesOf(database));
  const count = (table: string) =>
    // An older schema has not all of them.
    all.has(table) ? (database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!['n'] as number) : 0;
  const sum = (tables: string[]) => tables.map(count).reduce((a, b) => a + b, 0);
  return { learners: sum(TABLES.learners), progress: sum(TABLES.progress), sandboxes: sum(TABLES.sandboxes) };
}

export function tablesOf(database: DatabaseSync): string[] {
  return database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map((row) => row['name'] as string);
}
