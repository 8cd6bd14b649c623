/** Where a backup is made of, and the file that it goes into or comes from; what is wrong with either is said here. */
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { BESIDE, DATABASE_FILE } from '../../store/files.ts';
import { Failure } from '../plain/report.mjs';

/** The gateway's folder in a data folder. */
export const gatewayFolderIn = (data: string) => join(data, 'gateway');

/** Returns the gateway's folder, which has a database that can be read. */
export function sourceIn(data: string): string {
  const folder = gatewayFolderIn(data);
  const database = join(folder, DATABASE_FILE);
  try {
    accessSync(database, constants.R_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(database, error);
    throw new Failure({
      what: `There is no database in ${folder}.`,
      mend: 'Name the data folder of the server with --data. A server that was never started has nothing to back up.',
    });
  }
  return folder;
}

/** Returns the path of the file that the backup gets. */
export function targetOf(argument: string, cwd: string, source: string, force: boolean): string {
  const target = resolve(cwd, argument);
  const folder = dirname(target);
  if (!existsSync(folder)) {
    throw new Failure({ what: `There is no folder ${folder}.`, mend: `Make it first: mkdir -p ${folder}` });
  }
  if (!statSync(folder).isDirectory()) {
    throw new Failure({ what: `${folder} is not a folder.`, mend: 'Name a file in a folder.' });
  }
  const path = join(realpathSync(folder), basename(target));
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    throw new Failure({ what: `${path} is a folder.`, mend: `Name a file in it: ${join(path, 'slipway.backup')}` });
  }
  refuseDatabase(path, source);
  if (found && !found.isFile()) {
    throw new Failure({ what: `${path} is not an ordinary file.`, mend: 'Name another one.' });
  }
  if (found && !force) {
    throw new Failure({ what: `There is a file ${path} already.`, mend: 'Name another one, or replace it: --force' });
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Failure({
      what: `Nothing can be written in ${folder}.`,
      why: (error as Error).message,
      mend: 'Choose another folder, or run it with sudo.',
    });
  }
  return path;
}

/** Returns the path of the file that is put back. */
export function backupAt(argument: string, cwd: string, source: string): string {
  const path = resolve(cwd, argument);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(path, error);
    throw new Failure({ what: `There is no file ${path}.`, mend: 'Name a file that `slipway backup` made.' });
  }
  if (!statSync(path).isFile()) {
    throw new Failure({ what: `${path} is not a file.`, mend: 'Name a file that `slipway backup` made.' });
  }
  refuseDatabase(path, source);
  return path;
}

/** By inode too: a link to it is the database. */
function refuseDatabase(path: string, source: string): void {
  const database = join(source, DATABASE_FILE);
  const own = ['', ...BESIDE].map((suffix) => `${database}${suffix}`);
  const is = (one: string) => {
    const [a, b] = [path, one].map((each) => statSync(each, { throwIfNoEntry: false }));
    return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
  };
  const real = existsSync(source) ? join(realpathSync(source), basename(path)) : undefined;
  const named = path === real && own.some((one) => basename(one) === basename(path));
  if (!named && !own.some(is)) return;
  throw new Failure({ what: `${path} is the server’s own database.`, mend: 'Name another file.' });
}

export function unreadable(path: string, error: unknown): Failure {
  return new Failure({
    what: `${path} cannot be read.`,
    why: (error as Error).message,
    mend: 'Run it with sudo: what learners did is readable by the server’s user and root alone.',
  });
}
