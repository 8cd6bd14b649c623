/**
 * Runs part of the program in a process of its own that is killed at one of its steps: before the Nth call that changes a
 * file, or executes or closes something of a database. `killed-at.ts N MODULE FUNCTION ARGUMENTS` is that process.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync } from 'node:sqlite';

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

/** Whether it was killed: it was not where it had fewer steps. */
export function killAt(step: number, module: string, name: string, args: unknown[]): boolean {
  const { signal, status, stderr } = spawnSync(
    process.execPath,
    [import.meta.filename, String(step), module, name, JSON.stringify(args)],
    { encoding: 'utf8' },
  );
  if (signal === 'SIGKILL') return true;
  if (status !== 0) throw new Error(stderr);
  return false;
}

async function die(step: number, module: string, name: string, args: unknown[]): Promise<void> {
  const imported = (await import(module)) as Record<string, (...given: unknown[]) => unknown>;
  let left = step;
  const counted = (owner: Record<string, (...given: unknown[]) => unknown>, names: readonly string[]) => {
    for (const each of names) {
      const original = owner[each]!;
      owner[each] = function (this: unknown, ...given) {
        left -= 1;
        if (left === 0) process.kill(process.pid, 'SIGKILL');
        return original.apply(this, given);
      };
    }
  };
  counted(fs as unknown as Parameters<typeof counted>[0], CHANGES);
  counted(DatabaseSync.prototype as unknown as Parameters<typeof counted>[0], SAID);
  syncBuiltinESMExports();
  await imported[name]!(...args);
}

if (import.meta.main) {
  const [step, module, name, args] = process.argv.slice(2) as [string, string, string, string];
  await die(Number(step), module, name, JSON.parse(args) as unknown[]);
}
