/**
 * A backup: a database of the gateway's with two tables more, because one file is what people copy. A file without them is
 * a bare copy of a database, which can be put back too.
 */
import type { DatabaseSync } from 'node:sqlite';
import { SECRET_FILES } from '../files.ts';

/** Of these two tables. A program that does not know it refuses the file. */
const FORMAT = 1;

export interface About {
  /** Milliseconds since 1970. */
  madeAt: number;
}

/** By the name of the file that it is in, in the gateway's folder. */
export type Secrets = Partial<Record<(typeof SECRET_FILES)[number], string>>;

export function addBackupTables(database: DatabaseSync, { madeAt }: About, secrets: Secrets): void {
  database.exec(`
    BEGIN;
    CREATE TABLE backup_about (format INTEGER NOT NULL, made_at INTEGER NOT NULL) STRICT;
    CREATE TABLE backup_secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`);
  database.prepare('INSERT INTO backup_about VALUES (?, ?)').run(FORMAT, madeAt);
  for (const [name, value] of Object.entries(secrets))
    database.prepare('INSERT INTO backup_secret VALUES (?, ?)').run(name, value);
  database.exec('COMMIT');
}

/** Undefined: it is a bare copy of a database. `'unknown'`: a newer program made it. */
export function readBackupTables(database: DatabaseSync): (About & { secrets: Secrets }) | 'unknown' | undefined {
  const found = database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'backup_about'").get()!;
  if (found['n'] === 0) return undefined;
  const about = database.prepare('SELECT * FROM backup_about').get();
  if (about?.['format'] !== FORMAT) return 'unknown';
  const rows = database.prepare('SELECT name, value FROM backup_secret').all();
  // A name is a file's: of those that we know, and no other, whoever made the backup.
  const known = SECRET_FILES.flatMap((name) => {
    const value = rows.find((row) => row['name'] === name)?.['value'];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { madeAt: about['made_at'] as number, secrets: Object.fromEntries(known) };
}

export function dropBackupTables(database: DatabaseSync): void {
  database.exec('BEGIN; DROP TABLE IF EXISTS backup_about; DROP TABLE IF EXISTS backup_secret; COMMIT');
}
