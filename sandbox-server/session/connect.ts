/** Streams to a sandbox's `init` that may have ended since we last looked. */
import type { Duplex } from 'node:stream';
import { DriverError, type SandboxDriver } from '../sandbox/driver.ts';
import { toLearnerError } from './learner-error.ts';
import type { SandboxSession } from './sandbox-session.ts';
import type { OnStage } from './start-watchers.ts';
import { stillRuns } from './still-runs.ts';

/** Starts the sandbox where it does not run. Rejects with a `LearnerError`. */
export async function connectTo(
  session: Pick<SandboxSession, 'id' | 'ready' | 'refresh'>,
  driver: Pick<SandboxDriver, 'connect'>,
  onStage: OnStage | undefined,
): Promise<Duplex> {
  await session.ready(onStage);
  try {
    return await driver.connect(session.id);
  } catch (error) {
    if (!(error instanceof DriverError) || error.code === 'unavailable') throw toLearnerError(error);
    // It ended since we last looked (out of memory, the host restarted): start it over its disk, once.
    await stillRuns(session);
    await session.ready(onStage);
    return driver.connect(session.id).catch((again: unknown) => {
      throw toLearnerError(again);
    });
  }
}

/** Lets what is frozen go on. False: it ended meanwhile. Rejects with a `LearnerError`. */
export async function thaw(driver: Pick<SandboxDriver, 'thaw'>, id: string): Promise<boolean> {
  try {
    await driver.thaw(id);
    return true;
  } catch (error) {
    if (error instanceof DriverError && error.code === 'not-running') return false;
    throw toLearnerError(error);
  }
}
