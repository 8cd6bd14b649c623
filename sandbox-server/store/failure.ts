/** What went wrong with the database, told apart by SQLite's result codes (https://www.sqlite.org/rescode.html). */

/** `locked`: another program holds it. `full`: the host's disk is. `damaged`: it is not what it should be. */
export type StoreFailure = 'locked' | 'full' | 'damaged' | 'other';

const KINDS: Readonly<Record<number, StoreFailure>> = {
  5: 'locked', // SQLITE_BUSY
  6: 'locked', // SQLITE_LOCKED
  11: 'damaged', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  26: 'damaged', // SQLITE_NOTADB
};

/** The low byte is the result; what is above tells more of it. */
const PRIMARY = 0xff;

/** Undefined: it is no error of the database's. */
export function storeFailure(error: unknown): StoreFailure | undefined {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  if (code !== 'ERR_SQLITE_ERROR' || typeof errcode !== 'number') return undefined;
  return KINDS[errcode & PRIMARY] ?? 'other';
}
