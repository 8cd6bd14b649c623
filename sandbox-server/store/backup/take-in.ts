/** A file that is to be put back, copied into the gateway's folder and looked at there: the copy is what is put in place. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DatabaseUnusable, faultsOf, refuseEmptied, unusable } from '../examine.ts';
import { DATABASE_FILE } from '../files.ts';
import { latestSchema, MIGRATIONS, migrationsIn, schemaOf, schemaOfFile } from '../schema.ts';
import { type Contents, contentsOf, tablesOf } from './contents.ts';
import { copyDatabase, type OnProgress } from './copy.ts';
import { readBackupTables, type Secrets } from './format.ts';
import { finishRestore, UNFINISHED_FOLDER } from './finish.ts';

export interface TakenIn {
  contents: Contents;
  schema: number;
  /** Absent: it is a bare copy of a database. */
  madeAt?: number;
  secrets: Secrets;
}

/** The file cannot be put back; nothing was changed. */
export class BackupRefused extends Error {
  override name = 'BackupRefused';
  readonly mend: string;

  constructor(message: string, mend = ANOTHER, options?: ErrorOptions) {
    super(message, options);
    this.mend = mend;
  }
}

const ANOTHER = 'Name a file that `slipway backup` made, or a copy of a database of Slipway’s.';
const NEWER = 'Restore it with the Slipway that made it, or a newer one; or name an older backup.';

/** Rejects with `BackupRefused`, and errors of the file system. What was taken in is removed by `forget`. */
export async function takeIn(folder: string, file: string, onProgress: OnProgress): Promise<TakenIn> {
  refuseNewer(file);
  finishRestore(folder);
  const unfinished = join(folder, UNFINISHED_FOLDER);
  forget(folder);
  mkdirSync(unfinished);
  chmodSync(unfinished, 0o700);
  const copy = join(unfinished, DATABASE_FILE);
  await copyDatabase(file, copy, () => {}, onProgress).catch((error: unknown) => {
    throw refusedOr(error);
  });
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    return examine(database);
  } catch (error) {
    throw refusedOr(unusable(file, error));
  } finally {
    database.close();
  }
}

export function forget(folder: string): void {
  rmSync(join(folder, UNFINISHED_FOLDER), { recursive: true, force: true });
}

function examine(database: DatabaseSync): TakenIn {
  const faults = faultsOf(database);
  if (faults.length > 0) throw new BackupRefused(`It is damaged: ${faults.join('; ')}.`);
  const schema = schemaOf(database);
  if (!isOfSchema(database, schema)) throw new BackupRefused('It is a database, but not one of Slipway’s.');
  const read = readBackupTables(database);
  if (read === 'unknown')
    throw new BackupRefused('A newer Slipway made it, in a form that this one does not know.', NEWER);
  return { contents: contentsOf(database), schema, secrets: {}, ...read };
}

function refuseNewer(file: string): void {
  let has: number;
  try {
    refuseEmptied(file);
    has = schemaOfFile(file);
  } catch (error) {
    throw refusedOr(unusable(file, error));
  }
  if (has <= latestSchema()) return;
  throw new BackupRefused(
    `It is of a newer Slipway: its schema is version ${has}, and this program knows versions up to ${latestSchema()}.`,
    NEWER,
  );
}

/** Whether it has all that the migrations make up to this version. */
function isOfSchema(database: DatabaseSync, schema: number): boolean {
  if (schema < 1) return false;
  const model = new DatabaseSync(':memory:');
  try {
    for (const sql of migrationsIn(MIGRATIONS).slice(0, schema)) model.exec(sql);
    const columnsIn = (where: DatabaseSync, table: string) =>
      where
        .prepare('SELECT name FROM pragma_table_info(?)')
        .all(table)
        .map((row) => String(row['name']));
    return tablesOf(model).every((table) => {
      const there = new Set(columnsIn(database, table));
      return columnsIn(model, table).every((column) => there.has(column));
    });
  } finally {
    model.close();
  }
}

function refusedOr(error: unknown): unknown {
  // What its words say to do is about the database that is served, not about a backup of it.
  if (error instanceof DatabaseUnusable && !error.passes)
    return new BackupRefused(error.fault, ANOTHER, { cause: error });
  return error;
}
