/** What the host is out of, by the code of the error that told it. */
import { DriverError } from '../driver.ts';

const LACKS: Partial<Record<string, 'host-disk-full' | 'host-exhausted'>> = {
  ENOSPC: 'host-disk-full',
  EDQUOT: 'host-disk-full',
  EMFILE: 'host-exhausted',
  ENFILE: 'host-exhausted',
  ENOMEM: 'host-exhausted',
  EAGAIN: 'host-exhausted',
};

/**
 * For what is read to find out what runs: no file means no. A file that could not be opened, because no descriptor is left,
 * must not: a sandbox that runs would be cleared away.
 */
export function unlessLacking(error: unknown): undefined {
  const lack = hostLack(error);
  if (lack) throw lack;
  return undefined;
}

/** The error as a driver tells it; undefined where it is about something else. */
export function hostLack(error: unknown): DriverError | undefined {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  const lack = code === undefined ? undefined : LACKS[code];
  return lack && new DriverError(lack, message, { cause: error });
}
