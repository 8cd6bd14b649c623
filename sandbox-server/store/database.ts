/** The gateway's database: SQLite, with numbered migrations that are applied once, in order. */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnusable, examineDatabase, OPEN_MS, unusable } from './examine.ts';
import { migrate, type MigrateOptions } from './migrate.ts';
import { refuseNewer } from './newer.ts';
import { MIGRATIONS } from './schema.ts';

export type Database = DatabaseSync;

const SILENT = { info: () => {} };

/**
 * How long a call waits for another program that holds the database, in milliseconds. The whole gateway waits with it,
 * every learner's keys too: it is better that one thing is not saved, and that its learner is told.
 */
const BUSY_MS = 100;

/**
 * Opens the file, or `:memory:`, and brings its schema up to date. Throws `DatabaseUnusable` where it is of a newer Slipway
 * or damaged, another program holds it, or there is no room to change it: the file is left as it is then.
 */
export function openDatabase(
  path: string,
  { log = SILENT, folder = MIGRATIONS }: Partial<Pick<MigrateOptions, 'log' | 'folder'>> = {},
): Database {
  const inMemory = path === ':memory:';
  if (!inMemory) {
    refuseNewer(path, folder);
    examineDatabase(path);
  }
  const database = new DatabaseSync(path, { timeout: OPEN_MS });
  try {
    // WAL: a crash loses nothing that was committed, and readers do not wait.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    migrate(database, { ...(!inMemory && { path }), folder, log });
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
export async function openDatabaseWhenPossible(
  path: string,
  log: MigrateOptions['log'] & { error(fields: object, text: string): void },
): Promise<Database> {
  for (let tries = 0; ; tries++) {
    try {
      return openDatabase(path, { log });
    } catch (error) {
      if (!(error instanceof DatabaseUnusable && error.passes)) throw error;
      if (tries === 0) log.error({ err: error }, error.mend);
      await sleep(TRY_AGAIN_MS);
    }
  }
}
