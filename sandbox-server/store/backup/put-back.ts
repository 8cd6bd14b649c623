/** Puts what was taken in in the place of the gateway's database and secrets. */
import { chmodSync, chownSync, existsSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type DatabaseUnusable, examineDatabase, unusable } from '../examine.ts';
import { DATABASE_FILE } from '../files.ts';
import { flush } from '../flush.ts';
import { migrate } from '../migrate.ts';
import { MIGRATIONS } from '../schema.ts';
import { finishRestore, KEPT_AS_FILE, READY_FOLDER, UNFINISHED_FOLDER } from './finish.ts';
import { dropBackupTables } from './format.ts';
import { type Adopted, adoptSandboxes, forgetPassing } from './sandboxes.ts';
import type { TakenIn } from './take-in.ts';

export interface PutBack {
  /** Path of the replaced database; absent where there was none. */
  kept?: string;
  /** Undefined: there was no database, or it cannot be read any more. */
  adopted: Adopted | undefined;
  /** Ids of all sandboxes that have a learner now. */
  sandboxes: string[];
}

/**
 * All or nothing, whenever it is killed (`finishRestore`). Throws `DatabaseUnusable` where another program has the database
 * open: nothing was changed then.
 */
export function putBack(folder: string, { secrets }: Pick<TakenIn, 'secrets'>): PutBack {
  const current = join(folder, DATABASE_FILE);
  const kept = `${DATABASE_FILE}.replaced-${timeName(new Date())}`;
  const existed = existsSync(current);
  const held = existed ? hold(current) : undefined;
  try {
    const made = makeReady(join(folder, UNFINISHED_FOLDER, DATABASE_FILE), held);
    for (const [name, value] of Object.entries(secrets)) writeInto(folder, name, value);
    writeInto(folder, KEPT_AS_FILE, kept);
    own(folder);
    renameSync(join(folder, UNFINISHED_FOLDER), join(folder, READY_FOLDER));
    flush(folder);
    finishRestore(folder);
    return { ...(existed && { kept: join(folder, kept) }), ...made };
  } finally {
    held?.close();
  }
}

/**
 * The replaced database: all of it in one file, and nobody else may open it until it is closed, so that a gateway that is
 * started meanwhile waits, and then opens the one in its place. Undefined: it is damaged, and no gateway opens it.
 */
function hold(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    // To be opened for writing it must be whole: SQLite would put together what is left of it, or delete that.
    examineDatabase(path);
    database = new DatabaseSync(path, { timeout: 0 });
    // Refused where anybody has it open.
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database?.close();
    const { passes } = unusable(path, error) as Partial<DatabaseUnusable>;
    if (passes === false) return undefined;
    throw unusable(path, error);
  }
}

function makeReady(path: string, current: DatabaseSync | undefined): Pick<PutBack, 'adopted' | 'sandboxes'> {
  const database = new DatabaseSync(path);
  try {
    dropBackupTables(database);
    migrate(database, { folder: MIGRATIONS, log: { info: () => {} } });
    forgetPassing(database, Date.now());
    const adopted = current && adoptSandboxes(database, current);
    const rows = database.prepare('SELECT id FROM sandbox').all();
    return { adopted, sandboxes: rows.map((row) => row['id'] as string) };
  } finally {
    database.close();
  }
}

function writeInto(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, UNFINISHED_FOLDER, name), text, { mode: 0o600 });
}

/** The gateway is another user than root, who calls this: what is put in its folder must be its own. */
function own(folder: string): void {
  const { uid, gid } = statSync(folder);
  const unfinished = join(folder, UNFINISHED_FOLDER);
  const paths = readdirSync(unfinished).map((name) => join(unfinished, name));
  for (const path of paths) chmodSync(path, 0o600);
  if (process.getuid?.() === 0) for (const path of [...paths, unfinished]) chownSync(path, uid, gid);
  for (const path of [...paths, unfinished]) flush(path);
}

/** As in a file's name: 2030-01-31T09-05-00Z. */
function timeName(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}
