/** The gateway's database: SQLite, with numbered migrations that are applied once, in order. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type Database = DatabaseSync;

const MIGRATIONS = join(import.meta.dirname, 'migrations');

/** Opens the file, or `:memory:`, and brings its schema up to date. Throws where it was written by a newer Slipway. */
export function openDatabase(path: string): Database {
  const database = new DatabaseSync(path, { timeout: 5000 });
  // WAL: a crash loses nothing that was committed, and readers do not wait.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const { user_version: applied } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (applied > files.length) {
    database.close();
    throw new Error(
      `${path} was written by a newer version of Slipway (schema ${applied}, this one knows ${files.length})`,
    );
  }
  for (const [index, name] of files.entries()) {
    if (index < applied) continue;
    database.exec(`BEGIN; ${readFileSync(join(MIGRATIONS, name), 'utf8')}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
  return database;
}
