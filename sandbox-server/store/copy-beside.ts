/** Copies of the database from before its schema was changed, beside it: the way back to an older program. */
import { readdirSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DatabaseUnusable, OPEN_MS } from './examine.ts';
import { flush } from './flush.ts';

/** The last two: who finds out late that an upgrade was a mistake has often upgraded again. */
const KEPT = 2;

/** The copy is as large as the database, and a migration may write every row of it anew. */
const TIMES_ITS_SIZE = 2;

const NAME = /^(.+)\.schema-(\d+)$/;

export interface Copy {
  path: string;
  schema: number;
}

/** The newest first. */
export function copiesBeside(path: string): Copy[] {
  return readdirSync(dirname(path))
    .flatMap((name) => {
      const [, of, schema] = NAME.exec(name) ?? [];
      return of === basename(path) ? [{ path: join(dirname(path), name), schema: Number(schema) }] : [];
    })
    .map((copy) => ({ copy, at: statSync(copy.path).mtimeMs }))
    .sort((a, b) => b.at - a.at)
    .map(({ copy }) => copy);
}

/** Returns the copy's path. Throws where there is no room for it: the database is as it was then. */
export function keepCopy(path: string, schema: number): string {
  refuseWithoutRoom(path, schema);
  const copy = `${path}.schema-${schema}`;
  const unfinished = `${copy}.unfinished`;
  try {
    rmSync(unfinished, { force: true });
    // SQLite takes an empty file, with the rights that it has.
    writeFileSync(unfinished, '', { mode: 0o600, flag: 'wx' });
    const reader = new DatabaseSync(path, { readOnly: true, timeout: OPEN_MS });
    try {
      reader.prepare('VACUUM INTO ?').run(unfinished);
    } finally {
      reader.close();
    }
    flush(unfinished);
    renameSync(unfinished, copy);
    flush(dirname(copy));
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  for (const { path: old } of copiesBeside(path).slice(KEPT)) rmSync(old);
  return copy;
}

function refuseWithoutRoom(path: string, schema: number): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  const [free, needed] = [bavail * bsize, statSync(path).size * TIMES_ITS_SIZE];
  if (free >= needed) return;
  throw new DatabaseUnusable(
    `The database ${path} cannot be brought from schema version ${schema} to this program’s: the disk has ${free} bytes ` +
      `left, and a copy of how it was and the change take ${needed}.`,
    'Make room: the server waits for it.',
    { passes: true },
  );
}
