/** Ends the server that has an instance's data, if one runs. */
import { setTimeout as sleep } from 'node:timers/promises';

import { Failure } from '../plain/report.mjs';
import { takeLock } from '../serve/lock.ts';

/** A server ends each of its two processes within 5 s. */
const PATIENCE_MS = 25_000;
const STEP_MS = 100;

export async function endServer(data: string): Promise<void> {
  let asked: number | undefined;
  for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
    const taken = takeLock(data);
    if ('lock' in taken) return taken.lock[Symbol.dispose]();
    const pid = taken.holder?.pid;
    if (pid && pid !== asked) process.kill(pid, 'SIGTERM');
    asked = pid ?? asked;
    await sleep(STEP_MS);
  }
  throw new Failure({
    what: `The Slipway on ${data} does not end.`,
    why: asked ? `Its process is ${asked}.` : '',
    mend: 'End it with Ctrl-C where it was started, then clean again.',
  });
}
