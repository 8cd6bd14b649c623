/** A folder that one process has for itself. The kernel lets go of the lock when its holder dies, however it dies. */
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ensureFolder } from '../ensure-folder.ts';
import { Failure } from '../plain/report.mjs';

const RETRY_MS = 300;

/** What a server tells about itself. */
export interface Holder {
  pid: number;
  /** Its data folder. */
  data: string;
  /** Where it can be opened; none yet while it starts. */
  urls: readonly string[];
  idBase?: number | undefined;
  idCount?: number | undefined;
}

export interface Lock extends Disposable {
  /** Tells later comers about the holder. */
  tell(holder: Holder): void;
}

/** The lock, or who holds it (undefined where it has not said yet). */
export function takeLock(folder: string): { lock: Lock } | { holder: Holder | undefined } {
  const path = join(folder, 'lock');
  const file = openLock(folder, path);
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

/** Waits for as long as somebody else holds it. */
export async function waitForLock(folder: string, onWait: () => void): Promise<Lock> {
  for (let waits = 0; ; waits++) {
    const taken = takeLock(folder);
    if ('lock' in taken) return taken.lock;
    if (waits === 0) onWait();
    await sleep(RETRY_MS);
  }
}

function openLock(folder: string, path: string): number {
  try {
    ensureFolder(folder);
    return openSync(path, 'a+', 0o600);
  } catch (error) {
    throw new Failure({
      what: `The folder ${folder} cannot be used.`,
      why: (error as Error).message,
      mend: 'Mend that, or choose another folder.',
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
