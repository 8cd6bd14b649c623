/** The gateway's database: SQLite, with numbered migrations that are applied once, in order. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnusable, examineDatabase, OPEN_MS, unusable } from './examine.ts';

export type Database = DatabaseSync;

const MIGRATIONS = join(import.meta.dirname, 'migrations');

/**
 * How long a call waits for another program that holds the database, in milliseconds. The whole gateway waits with it,
 * every learner's keys too: it is better that one thing is not saved, and that its learner is told.
 */
const BUSY_MS = 100;

/**
 * Opens the file, or `:memory:`, and brings its schema up to date. Throws where it was written by a newer Slipway, and
 * `DatabaseUnusable` where it is damaged or another program holds it: the file is left as it is then.
 */
export function openDatabase(path: string): Database {
  if (path !== ':memory:') examineDatabase(path);
  const database = new DatabaseSync(path, { timeout: OPEN_MS });
  try {
    bringUpToDate(database, path);
  } catch (error) {
    database.close();
    throw unusable(path, error);
  }
  database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  return database;
}

/** How often a database that cannot be opened for now is tried, in milliseconds. */
const TRY_AGAIN_MS = 1000;

/**
 * As `openDatabase`, and waits while another program holds the file or the disk is full: a gateway that ended then would
 * take the server down with it, which goes on for all who have a shell.
 */
export async function openDatabaseWhenPossible(path: string, log: { error(fields: object, text: string): void }) {
  for (let tries = 0; ; tries++) {
    try {
      return openDatabase(path);
    } catch (error) {
      if (!(error instanceof DatabaseUnusable && error.passes)) throw error;
      if (tries === 0) log.error({ err: error }, error.mend);
      await sleep(TRY_AGAIN_MS);
    }
  }
}

function bringUpToDate(database: Database, path: string): void {
  // WAL: a crash loses nothing that was committed, and readers do not wait.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const { user_version: applied } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (applied > files.length) {
    throw new Error(
      `${path} was written by a newer version of Slipway (schema ${applied}, this one knows ${files.length})`,
    );
  }
  for (const [index, name] of files.entries()) {
    if (index < applied) continue;
    database.exec(`BEGIN; ${readFileSync(join(MIGRATIONS, name), 'utf8')}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}
