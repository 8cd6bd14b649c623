/** Whether a sandbox still runs, for whoever lost a stream to it or was refused one. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxSession } from './sandbox-session.ts';

/**
 * How often, and how long apart, a sandbox is looked at whose socket has closed: when a process ends the kernel closes what
 * it had open first, and for a moment more it is still there. Under load that was seen to be long enough to be asked in.
 */
const LOOKS = 20;
const LOOK_EVERY_MS = 50;

/** False also where another sandbox has taken its place meanwhile. */
export async function stillRuns(session: Pick<SandboxSession, 'id' | 'refresh'>): Promise<boolean> {
  const { id } = session;
  for (let look = 1; look < LOOKS; look++) {
    if (!(await session.refresh()) || id !== session.id) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return (await session.refresh()) && id === session.id;
}
