/**
 * Sandboxes in a database that is put back. A backup has no disks: they stay as they are, and what is known of them is best
 * known by the database that is replaced. Learners, and what they did in the lessons, are the backup's.
 */
import type { DatabaseSync } from 'node:sqlite';
import { tablesOf } from './contents.ts';

export interface Adopted {
  /** Sandboxes that the backup did not have, or had otherwise, and whose learner it has. */
  sandboxes: number;
  /** Sandboxes whose learner the backup does not have: nobody can come to them. */
  orphans: number;
}

/** What hangs on a sandbox, with its id as `sandbox`. */
const OF_A_SANDBOX = ['prepared_lesson', 'begun_task', 'registry_blob'];

/**
 * Takes away what was true at the backup's moment alone. A sandbox that was spare then has a learner now, if it is there;
 * it would be removed with their files. And since nobody could come to what the backup knows when they were last there,
 * everybody's files are kept for the whole of their time from now on.
 */
export function forgetPassing(database: DatabaseSync, now: number): void {
  database.exec('BEGIN; DELETE FROM spare_sandbox; DELETE FROM queue_place');
  database.prepare('UPDATE sandbox SET seen_at = ?, ends_at = NULL').run(now);
  database.exec('COMMIT');
}

/** Undefined where the replaced database cannot be read: what the backup says stands. */
export function adoptSandboxes(database: DatabaseSync, current: DatabaseSync): Adopted | undefined {
  database.exec('PRAGMA foreign_keys = ON; BEGIN');
  try {
    const adopted = adopt(database, current);
    database.exec('COMMIT');
    return adopted;
  } catch {
    database.exec('ROLLBACK');
    return undefined;
  }
}

function adopt(database: DatabaseSync, current: DatabaseSync): Adopted {
  const known = new Set(
    database
      .prepare('SELECT id FROM learner')
      .all()
      .map((row) => row['id']),
  );
  const there = current.prepare('SELECT * FROM sandbox').all();
  const ours = there.filter((row) => known.has(row['learner']));
  let sandboxes = 0;
  for (const row of ours) {
    const { id, learner, course } = row as Record<'id' | 'learner' | 'course', string>;
    const before = database.prepare('SELECT id FROM sandbox WHERE learner = ? AND course = ?').get(learner, course);
    if (before?.['id'] !== id) sandboxes += 1;
    // What is noted of the one that it replaces goes with it, and so does what the backup knows of this one.
    database.prepare('DELETE FROM sandbox WHERE id = ? OR (learner = ? AND course = ?)').run(id, learner, course);
    insert(database, 'sandbox', row);
  }
  const ids = new Set(ours.map((row) => row['id']));
  const tables = new Set(tablesOf(current));
  for (const table of OF_A_SANDBOX.filter((name) => tables.has(name))) {
    for (const row of current.prepare(`SELECT * FROM ${table}`).all()) {
      if (ids.has(row['sandbox'])) insert(database, table, row);
    }
  }
  if (tables.has('spare_sandbox')) {
    for (const row of current.prepare('SELECT * FROM spare_sandbox').all()) {
      const owned = database.prepare('SELECT 1 FROM sandbox WHERE id = ?').get(row['id']!);
      if (!owned) insert(database, 'spare_sandbox', row);
    }
  }
  return { sandboxes, orphans: there.length - ours.length };
}

type Row = ReturnType<ReturnType<DatabaseSync['prepare']>['all']>[number];

/** The columns that both have: the replaced database may be of another version. */
function insert(database: DatabaseSync, table: string, row: Row): void {
  const ours = database
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map((column) => column['name'] as string);
  const columns = ours.filter((name) => Object.hasOwn(row, name));
  database
    .prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    .run(...columns.map((name) => row[name]!));
}
