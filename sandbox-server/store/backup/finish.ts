/**
 * The last part of a restore: files that were made ready in a folder of their own get the names of those that they
 * replace. From the moment that this folder has its name the restore has happened, and whoever comes next goes on with it:
 * a kill in between leaves nothing that is half of each.
 */
import { existsSync, linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BESIDE, DATABASE_FILE, SECRET_FILES } from '../files.ts';
import { flush } from '../flush.ts';

/** What is in it counts for nothing yet. */
export const UNFINISHED_FOLDER = 'restore.unfinished';
/** What is in it replaces what there is. */
export const READY_FOLDER = 'restore.ready';
/** Name that the replaced database gets. */
export const KEPT_AS_FILE = 'kept-as';

/** Whether there was something to finish. Nobody may have the folder's database open. */
export function finishRestore(folder: string): boolean {
  const ready = join(folder, READY_FOLDER);
  if (!existsSync(ready)) return false;
  for (const name of SECRET_FILES) moveIfThere(join(ready, name), join(folder, name));
  const [next, database] = [join(ready, DATABASE_FILE), join(folder, DATABASE_FILE)];
  if (existsSync(next)) {
    setAside(database, join(folder, readFileSync(join(ready, KEPT_AS_FILE), 'utf8')));
    flush(folder);
    // Over the old one: there is never none, for which a gateway would make an empty one.
    renameSync(next, database);
  }
  flush(folder);
  rmSync(ready, { recursive: true });
  return true;
}

function setAside(database: string, kept: string): void {
  if (existsSync(database) && !existsSync(kept)) linkSync(database, kept);
  // Commits of the old one: beside the new one they would be taken for its own.
  for (const suffix of BESIDE) moveIfThere(`${database}${suffix}`, `${kept}${suffix}`);
  // Of what is in the other two.
  rmSync(`${kept}-shm`, { force: true });
}

function moveIfThere(from: string, to: string): void {
  if (existsSync(from)) renameSync(from, to);
}
