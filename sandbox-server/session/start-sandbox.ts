/** Brings a sandbox up that does not run, as the driver knows it. */
import type { StartStage } from '../protocol/messages.ts';
import type { SandboxDriver, SandboxSpec } from '../sandbox/driver.ts';
import { type LearnerError, toLearnerError } from './learner-error.ts';

export interface StartContext {
  driver: Pick<SandboxDriver, 'create' | 'start' | 'stop'>;
  now: () => number;
  startTimeoutMs: number;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

/** A sandbox by its id, and what it is made of. */
export interface Sandbox {
  readonly id: string;
  readonly spec: SandboxSpec;
}

/** Makes it where it is not there yet. Resolves to what kept it from starting: nothing of it runs then. */
export async function startSandbox(
  { driver, now, startTimeoutMs, log }: StartContext,
  { id, spec }: Sandbox,
  tell: (stage: StartStage) => void,
): Promise<LearnerError | undefined> {
  const began = now();
  try {
    const signal = AbortSignal.timeout(startTimeoutMs);
    tell('disk');
    await driver.create(id, spec, { signal });
    tell('container');
    await driver.start(id, { signal });
    tell('shell');
    log.info({ sandbox: id, ms: now() - began }, 'sandbox started');
    return undefined;
  } catch (error) {
    const told = toLearnerError(error);
    // The driver may still be at it: what comes up after all would be nobody's.
    if (told.code === 'start-timeout') void driver.stop(id).catch(() => {});
    log.warn({ sandbox: id, code: told.code, err: error }, 'sandbox not started');
    return told;
  }
}
