/** Ends the server that holds an instance's lock, and takes the lock, so that none starts meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';

import { Failure } from '../plain/report.mjs';
import { type Lock, takeLock } from '../serve/lock.ts';

/** A server ends each of its two processes within 5 s. */
const PATIENCE_MS = 15_000;
const STEP_MS = 100;

export async function endServer(data: string): Promise<Lock> {
  let asked = 0;
  for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
    const taken = takeLock(data);
    if ('lock' in taken) {
      taken.lock.tell({ pid: process.pid, purpose: 'clean' });
      return taken.lock;
    }
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
