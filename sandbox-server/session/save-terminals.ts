/** Before a sandbox is stopped: has its `init` keep what the terminals show, for the shells that follow. */
import type { SandboxDriver } from '../sandbox/driver.ts';
import { askInit } from '../sandbox/init/ask.ts';
import { reasonInWords, type StopReason } from './stop-reason.ts';

export interface SaveContext {
  driver: Pick<SandboxDriver, 'thaw' | 'connect'>;
  /** After this time without anybody a sandbox is stopped. */
  idleStopMs: number;
  log: { info(fields: object, text: string): void };
}

/** Who stops a sandbox waits no longer for that, in milliseconds. */
const SAVE_MS = 1000;

/** The sandbox runs; where it is frozen, it is thawed. Where this fails, the next shells say that all is lost. */
export async function saveTerminals(
  { driver, idleStopMs, log }: SaveContext,
  id: string,
  reason: StopReason,
  said?: string,
): Promise<void> {
  const why = reasonInWords(reason, idleStopMs, said);
  if (why === undefined) return;
  const signal = AbortSignal.timeout(SAVE_MS);
  const { promise: over, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  const save = async () => {
    await driver.thaw(id, { signal });
    await askInit(await driver.connect(id, { signal }), { op: 'save', why }, SAVE_MS);
  };
  await Promise.race([save(), over]).catch((error: unknown) => {
    log.info({ sandbox: id, err: error }, 'what the terminals of a sandbox showed is not kept');
  });
}
