/** An error that a learner is told, by its code in the registry (protocol/errors.ts). */
import { ERRORS, type ErrorCode } from '../protocol/errors.ts';
import { currentRequest } from '../request.ts';
import { DriverError, type DriverErrorCode } from '../sandbox/driver.ts';
import { InitRefused } from '../sandbox/init/stream.ts';
import { storeFailure } from '../store/failure.ts';

export class LearnerError extends Error {
  override name = 'LearnerError';
  readonly code: ErrorCode;
  /** The request that it arose in: others may have waited for the same. */
  private readonly arose = currentRequest()?.id;

  constructor(code: ErrorCode, options?: ErrorOptions) {
    super(ERRORS[code].text, options);
    this.code = code;
  }

  /** For the log of the request of now. */
  get about(): { code: ErrorCode; arose?: string } {
    const { code, arose } = this;
    return { code, ...(arose !== undefined && arose !== currentRequest()?.id && { arose }) };
  }
}

/** What a learner is told of each failure of a driver. */
const OF_DRIVER: Record<DriverErrorCode, ErrorCode> = {
  unknown: 'sandbox-died',
  'not-running': 'sandbox-stopped',
  unsupported: 'unexpected',
  'no-room': 'too-many-sandboxes',
  'image-missing': 'image-missing',
  'image-refused': 'image-refused',
  'layer-missing': 'unexpected', // whoever asks for a sandbox over it makes it first
  'layer-in-use': 'unexpected',
  'layer-refused': 'lesson-broken',
  'profile-unsupported': 'profile-unsupported',
  'host-disk-full': 'host-disk-full',
  'host-exhausted': 'server-exhausted',
  'start-failed': 'start-failed',
  'start-timeout': 'start-timeout',
  unavailable: 'supervisor-away',
};

/** What a learner is told where `init` says no; it says so much only. */
const OF_INIT: Partial<Record<string, ErrorCode>> = {
  'shell-failed': 'start-failed',
  'too-many-terminals': 'too-many-terminals',
};

/** What the host is out of, by the error's code. */
const OF_HOST: Partial<Record<string, ErrorCode>> = {
  ENOSPC: 'host-disk-full',
  EDQUOT: 'host-disk-full',
  EMFILE: 'server-exhausted',
  ENFILE: 'server-exhausted',
  ENOMEM: 'server-exhausted',
  EAGAIN: 'server-exhausted',
};

export function toLearnerError(error: unknown): LearnerError {
  if (error instanceof LearnerError) return error;
  if (error instanceof DriverError) return new LearnerError(OF_DRIVER[error.code], { cause: error });
  const refusal = error instanceof InitRefused ? OF_INIT[error.code] : undefined;
  if (refusal) return new LearnerError(refusal, { cause: error });
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new LearnerError('start-timeout', { cause: error });
  }
  const stored = storeFailure(error);
  if (stored) return new LearnerError(stored === 'full' ? 'host-disk-full' : 'not-saved', { cause: error });
  const lack = OF_HOST[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  if (lack) return new LearnerError(lack, { cause: error });
  return new LearnerError('unexpected', { cause: error });
}
