/** One server for one data folder. The kernel lets go of the lock when its holder dies, however it dies. */
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from '../plain/report.mjs';

export interface Holder {
  pid: number;
  /** What it does: `start`, `clean`. */
  purpose: string;
  urls?: string[];
}

export interface Lock extends Disposable {
  /** Tells later comers about the holder. */
  tell(holder: Holder): void;
}

/** The lock, or who holds it (undefined where it has not said yet). */
export function takeLock(data: string): { lock: Lock } | { holder: Holder | undefined } {
  const path = join(data, 'lock');
  const file = openLock(data, path);
  // flock(1) locks the open file that it inherits, which is ours: the lock stays when flock ends.
  const { status } = spawnSync('flock', ['--nonblock', '3'], { stdio: ['ignore', 'ignore', 'ignore', file] });
  if (status === 1) {
    closeSync(file);
    return { holder: parseHolder(readFileSync(path, 'utf8')) };
  }
  const tell = (holder: Holder) => {
    ftruncateSync(file);
    writeSync(file, JSON.stringify(holder));
  };
  return { lock: { tell, [Symbol.dispose]: () => closeSync(file) } };
}

function openLock(data: string, path: string): number {
  try {
    mkdirSync(data, { recursive: true, mode: 0o755 });
    return openSync(path, 'a+', 0o600);
  } catch (error) {
    throw new Failure({
      what: `The folder ${data} cannot be used.`,
      why: (error as Error).message,
      mend: 'Mend that, or choose another folder with --data.',
    });
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}
