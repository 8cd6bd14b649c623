/** Makes a backup of the gateway's folder in one file, whether or not a gateway runs. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { damaged, faultsOf } from '../examine.ts';
import { DATABASE_FILE, SECRET_FILES } from '../files.ts';
import { flush } from '../flush.ts';
import { schemaOf } from '../schema.ts';
import { type Contents, contentsOf } from './contents.ts';
import { copyDatabase, type OnProgress } from './copy.ts';
import { addBackupTables, type Secrets } from './format.ts';

export interface Made {
  contents: Contents;
  schema: number;
  bytes: number;
  secrets: (keyof Secrets)[];
}

/**
 * Puts a backup of the folder into the file: whole and checked, or not at all, and then what was there before stays.
 * Rejects with `DatabaseUnusable` or an error of the file system or of SQLite's that is about `target`.
 */
export async function makeBackup(folder: string, target: string, onProgress: OnProgress): Promise<Made> {
  const source = join(folder, DATABASE_FILE);
  const unfinished = unfinishedOf(target);
  removeLeft(target);
  try {
    const now = Date.now();
    const { contents, schema } = await copyDatabase(
      source,
      unfinished,
      (database) => ({ contents: contentsOf(database), schema: schemaOf(database) }),
      onProgress,
    );
    const secrets = readSecrets(folder);
    const copy = new DatabaseSync(unfinished);
    try {
      addBackupTables(copy, { madeAt: now }, secrets);
    } finally {
      copy.close();
    }
    check(source, unfinished, contents);
    flush(unfinished);
    renameSync(unfinished, target);
    flush(dirname(target));
    return { contents, schema, bytes: statSync(target).size, secrets: Object.keys(secrets) as (keyof Secrets)[] };
  } finally {
    for (const path of [unfinished, `${unfinished}-journal`]) rmSync(path, { force: true });
  }
}

function readSecrets(folder: string): Secrets {
  const there = SECRET_FILES.filter((name) => existsSync(join(folder, name)));
  return Object.fromEntries(there.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** A backup that cannot be put back is worse than none: that is found out on the worst day. */
function check(source: string, path: string, expected: Contents): void {
  const copy = new DatabaseSync(path, { readOnly: true });
  try {
    const faults = faultsOf(copy);
    if (faults.length > 0) throw damaged(source, faults.join('; '));
    const found = contentsOf(copy);
    for (const key of Object.keys(expected) as (keyof Contents)[])
      if (found[key] !== expected[key]) throw new Error(`the copy has ${found[key]} ${key}, not ${expected[key]}`);
  } finally {
    copy.close();
  }
}

const UNFINISHED = '.unfinished-';

function unfinishedOf(target: string): string {
  return `${target}${UNFINISHED}${process.pid}`;
}

/** What a backup into the same file left that was killed. */
function removeLeft(target: string): void {
  const folder = dirname(target);
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(`${basename(target)}${UNFINISHED}`) ? /-(\d+)(-journal)?$/.exec(name)?.[1] : undefined;
    if (pid && !existsSync(join('/proc', pid))) rmSync(join(folder, name), { force: true });
  }
}
