/** Stops or removes one sandbox because whoever runs the server says so; its learner is told. */
import type { SandboxDriver } from '../sandbox/driver.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Spares } from '../session/spares.ts';
import type { StopOutcome } from './shapes.ts';

export interface Stopping {
  driver: Pick<SandboxDriver, 'status' | 'stop' | 'destroy'>;
  sessions: Pick<Sessions, 'all' | 'discard'>;
  spares: Pick<Spares, 'ids'>;
  log: { info(fields: object, text: string): void };
}

/** Undefined: there is no such sandbox. Rejects where it cannot be done. */
export async function stopSandbox(
  { driver, sessions, spares, log }: Stopping,
  id: string,
  { said, destroy }: { said?: string | undefined; destroy: boolean },
): Promise<StopOutcome | undefined> {
  const session = [...sessions.all()].find((each) => each.id === id);
  const outcome = session
    ? await stopSession(sessions, session, { said, destroy })
    : await stopNobodys({ driver, spares }, id, destroy);
  if (outcome) log.info({ sandbox: id, outcome, ...(said !== undefined && { said }) }, 'stopped by the operator');
  return outcome;
}

async function stopSession(
  sessions: Stopping['sessions'],
  session: SandboxSession,
  { said, destroy }: { said?: string | undefined; destroy: boolean },
): Promise<StopOutcome> {
  if (destroy) {
    await sessions.discard(session.learner, session.course, 'operator-removal', said);
    return 'destroyed';
  }
  const { queued, running, state } = session;
  if (!queued && !running && state !== 'starting') return 'did-not-run';
  await session.stop('operator', said);
  return queued ? 'left-queue' : 'stopped';
}

/** One that no record names. A spare one is the gateway's own, and goes by itself. */
async function stopNobodys(
  { driver, spares }: Pick<Stopping, 'driver' | 'spares'>,
  id: string,
  destroy: boolean,
): Promise<StopOutcome | undefined> {
  const state = await driver.status(id);
  if (state === 'gone' || [...spares.ids()].includes(id)) return undefined;
  if (destroy) {
    await driver.destroy(id);
    return 'destroyed';
  }
  if (state === 'stopped') return 'did-not-run';
  await driver.stop(id);
  return 'stopped';
}
