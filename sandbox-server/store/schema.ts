/** The schema's versions: numbered migrations, and which of them a database file has. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const MIGRATIONS = join(import.meta.dirname, 'migrations');

/** Their text, in order: the first makes version 1 of nothing. */
export function migrationsIn(folder: string): string[] {
  return namesIn(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** The version that this program works with. */
export function latestSchema(folder = MIGRATIONS): number {
  return namesIn(folder).length;
}

function namesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
}

export function schemaOf(database: DatabaseSync): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

/** https://www.sqlite.org/fileformat.html#the_database_header */
const HEADER = { bytes: 100, userVersionAt: 60 };

/**
 * The version that a file has; 0 where it is none of ours. Nothing is written: as long as no commits lie beside the file
 * it is not even opened as a database, which would make files beside it. Not for an emptied one (`refuseEmptied`).
 */
export function schemaOfFile(path: string): number {
  if (hasCommitsBeside(path)) {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      return schemaOf(database);
    } finally {
      database.close();
    }
  }
  const header = Buffer.alloc(HEADER.bytes);
  const file = openSync(path, 'r');
  try {
    return readSync(file, header, 0, HEADER.bytes, 0) === HEADER.bytes && header.toString('latin1', 0, 6) === 'SQLite'
      ? header.readInt32BE(HEADER.userVersionAt)
      : 0;
  } finally {
    closeSync(file);
  }
}

/** Whether the file `-wal` has something that the database has not. */
export function hasCommitsBeside(path: string): boolean {
  return existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
}
