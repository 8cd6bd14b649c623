/**
 * Parts of the program that change the database, each in a process of its own that is killed at one of its steps: before
 * the Nth call that changes a file, or executes or closes something of a database. `killed-at.ts N PART ARGUMENTS` is that
 * process; with 0 it is not killed.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import { makeBackup } from '../../sandbox-server/store/backup/make.ts';
import { putBack } from '../../sandbox-server/store/backup/put-back.ts';
import { takeIn } from '../../sandbox-server/store/backup/take-in.ts';
import { openDatabase } from '../../sandbox-server/store/database.ts';

const PARTS = {
  /** Of `slipway backup`: the gateway's folder, the file. */
  backUp: async (folder: string, target: string) => void (await makeBackup(folder, target, () => {})),
  /** Of `slipway restore`: the same. */
  restore: async (folder: string, file: string) => void putBack(folder, await takeIn(folder, file, () => {})),
  /** Of a gateway's start: the database, a folder of migrations. */
  open: async (path: string, migrations: string) => openDatabase(path, { folder: migrations }).close(),
};

const CHANGES = [
  'renameSync',
  'linkSync',
  'rmSync',
  'writeFileSync',
  'mkdirSync',
  'chmodSync',
  'chownSync',
  'fsyncSync',
] as const;
const SAID = ['exec', 'close'] as const;

export type Part = keyof typeof PARTS;

/** The arguments of Node for it. */
export const argumentsFor = (step: number, part: Part, args: [string, string]): string[] => [
  import.meta.filename,
  String(step),
  part,
  ...args,
];

/** Whether it was killed: it was not where it had fewer steps. */
export function killAt(step: number, part: Part, args: [string, string]): boolean {
  const { signal, status, stderr } = spawnSync(process.execPath, argumentsFor(step, part, args), { encoding: 'utf8' });
  if (signal === 'SIGKILL') return true;
  if (status !== 0) throw new Error(stderr);
  return false;
}

type Functions = Record<string, (...given: unknown[]) => unknown>;

async function run(step: number, part: Part, args: [string, string]): Promise<void> {
  let left = step;
  const count = (owner: Functions, names: readonly string[]) => {
    for (const name of names) {
      const original = owner[name]!;
      owner[name] = function (this: unknown, ...given) {
        left -= 1;
        if (left === 0) process.kill(process.pid, 'SIGKILL');
        return original.apply(this, given);
      };
    }
  };
  count(fs as unknown as Functions, CHANGES);
  count(DatabaseSync.prototype as unknown as Functions, SAID);
  syncBuiltinESMExports();
  await PARTS[part](...args);
}

if (import.meta.main) {
  const [step, part, ...args] = process.argv.slice(2) as [string, Part, string, string];
  await run(Number(step), part, args);
}
