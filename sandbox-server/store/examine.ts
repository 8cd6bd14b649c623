/** Whether a database file may be opened: what is damaged is left exactly as it is, for whoever can mend it. */
import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { storeFailure } from './failure.ts';
import { hasCommitsBeside } from './schema.ts';

/** The database cannot be used. `mend` says what to do, in the operator's words. */
export class DatabaseUnusable extends Error {
  override name = 'DatabaseUnusable';
  readonly mend: string;
  /** It is over as soon as its cause is gone: another program, a full disk. */
  readonly passes: boolean;
  /** What is wrong with it, where it is damaged: `message` without the file. */
  readonly fault: string;

  constructor(message: string, mend: string, options: ErrorOptions & { passes: boolean; fault?: string }) {
    super(message, options);
    this.mend = mend;
    this.passes = options.passes;
    this.fault = options.fault ?? message;
  }
}

/** How many faults are named: the first say as much as all. */
const NAMED_FAULTS = 3;

/** How long another program may hold the database while it is opened, in milliseconds: nobody waits for us yet. */
export const OPEN_MS = 2000;

/**
 * Throws `DatabaseUnusable` where the file is damaged or another program holds it. Reads alone: the last commits, which
 * lie in the file `-wal` beside it, are read too, and neither of them is written. What was torn off the end of `-wal` by a
 * crash is no damage: SQLite leaves out what is not whole.
 */
export function examineDatabase(path: string): void {
  if (!existsSync(path)) return;
  refuseEmptied(path);
  let faults: string[];
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: OPEN_MS });
    try {
      faults = faultsOf(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw unusable(path, error);
  }
  if (faults.length > 0) throw damaged(path, faults.join('; '));
}

/** To be asked before it is opened in any way: SQLite takes an empty file for a new database, and deletes the commits beside it. */
export function refuseEmptied(path: string): void {
  if (statSync(path).size > 0 || !hasCommitsBeside(path)) return;
  throw damaged(path, 'the file is empty, and the file beside it has commits that belong to it');
}

/** The first that are wrong with it; none where it is whole. */
export function faultsOf(database: DatabaseSync): string[] {
  const rows = database.prepare(`PRAGMA integrity_check(${NAMED_FAULTS})`).all();
  return rows.map((row) => String(row['integrity_check'])).filter((text) => text !== 'ok');
}

/** In the operator's words, where SQLite's own say no more than a number. */
export function unusable(path: string, error: unknown): Error {
  const { message } = error as Error;
  switch (storeFailure(error)) {
    case 'damaged':
      return damaged(path, message, { cause: error });
    case 'locked':
      return new DatabaseUnusable(
        `Another program holds the database ${path}.`,
        `The server waits for it. \`fuser ${path}\` names that program.`,
        { cause: error, passes: true },
      );
    case 'full':
      return new DatabaseUnusable(
        `The database ${path} cannot be opened: the disk is full.`,
        'Make room: the server waits for it.',
        { cause: error, passes: true },
      );
    default:
      return error as Error;
  }
}

export function damaged(path: string, why: string, options?: ErrorOptions): DatabaseUnusable {
  return new DatabaseUnusable(
    `The database ${path} is damaged: ${why}. It was left as it is.`,
    'Put a backup in its place with `slipway restore FILE`. Learners’ files are not in it: they are kept either way.',
    { ...options, passes: false, fault: `It is damaged: ${why}.` },
  );
}
