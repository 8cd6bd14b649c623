/** A whole copy of a database at one moment, be it written to meanwhile or not. */
import { writeFileSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { OPEN_MS, refuseEmptied, unusable } from '../examine.ts';
import { storeFailure } from '../failure.ts';

/** How much of it is done, from 0 to 1. */
export type OnProgress = (done: number) => void;

/** Pages between two reports of progress: 4 MiB. */
const STEP_PAGES = 1024;

/**
 * Copies the database to a new file that is its owner's alone, without files beside it, and returns what `look` finds in
 * the database at that moment. Throws `DatabaseUnusable` where the source is damaged or another program holds it.
 */
export async function copyDatabase<Found>(
  from: string,
  to: string,
  look: (source: DatabaseSync) => Found,
  onProgress: OnProgress,
): Promise<Found> {
  const source = openSource(from);
  let found: Found;
  try {
    try {
      // Held until the end: what others commit meanwhile would make SQLite begin anew, on a busy server for ever.
      source.exec('BEGIN');
      found = look(source);
    } catch (error) {
      throw unusable(from, error);
    }
    writeFileSync(to, '', { mode: 0o600, flag: 'wx' });
    await backup(source, to, {
      rate: STEP_PAGES,
      progress: ({ totalPages, remainingPages }) => onProgress(1 - remainingPages / totalPages),
    }).catch((error: unknown) => {
      // What is full, or cannot be written, is the copy's disk.
      throw ['damaged', 'locked'].includes(storeFailure(error) ?? '') ? unusable(from, error) : error;
    });
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(to);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
  return found;
}

function openSource(path: string): DatabaseSync {
  refuseEmptied(path);
  try {
    return new DatabaseSync(path, { readOnly: true, timeout: OPEN_MS });
  } catch (error) {
    throw unusable(path, error);
  }
}
