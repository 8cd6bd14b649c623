/**
 * Brings a database's schema up to date. Forward only: what a version has dropped cannot be had back, so the way back is
 * the copy that is made before.
 */
import type { DatabaseSync } from 'node:sqlite';
import { keepCopy } from './copy-beside.ts';
import { latestSchema, migrationsIn, schemaOf } from './schema.ts';

export interface MigrateOptions {
  /** The file; absent: it is in memory, and nothing is kept of it. */
  path?: string;
  /** Folder of the migrations. */
  folder: string;
  log: { info(fields: object, text: string): void };
}

/** All that is missing is done in one transaction: a failure or a kill leaves the schema that there was, whole. */
export function migrate(database: DatabaseSync, { path, folder, log }: MigrateOptions): void {
  const [from, to] = [schemaOf(database), latestSchema(folder)];
  if (from >= to) return;
  // Nobody writes from here on: what is copied is what is changed.
  database.exec('BEGIN IMMEDIATE');
  let copy: string | undefined;
  try {
    if (path !== undefined && from > 0) copy = keepCopy(path, from);
    for (const sql of migrationsIn(folder).slice(from)) database.exec(sql);
    database.exec(`PRAGMA user_version = ${to}; COMMIT`);
  } catch (error) {
    // SQLite ends the transaction by itself where the disk is full.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
  if (copy) log.info({ from, to, copy }, `the database’s schema was brought from version ${from} to ${to}`);
}
