/** What a backup has in it, and what went wrong with one, in the operator's words. */
import { DatabaseUnusable } from '../../store/examine.ts';
import { storeFailure } from '../../store/failure.ts';
import type { Contents } from '../../store/backup/contents.ts';
import type { Secrets } from '../../store/backup/format.ts';
import { Failure } from '../plain/report.mjs';

const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

export function contentsText({ learners, progress, sandboxes }: Contents): string {
  return [
    count(learners, 'learner', 'learners'),
    `${count(progress, 'row', 'rows')} of their progress`,
    count(sandboxes, 'record of a sandbox', 'records of sandboxes'),
  ].join(', ');
}

const SECRETS: Record<keyof Secrets, string> = {
  'cookie-secret': 'the secret that cookies are signed with',
  'access-code': 'the access code',
};

/** Empty: there are none. */
export const secretsText = (names: readonly (keyof Secrets)[]) => names.map((name) => SECRETS[name]).join(' and ');

/** SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_READONLY: of the file system. */
const OF_THE_FILES = new Set<number | undefined>([14, 10, 8]);
const PRIMARY = 0xff;

const storeCode = (error: unknown) => storeFailure(error) && (error as { errcode: number }).errcode & PRIMARY;

/** `what`: what could not be done. `room`: where it lacks. */
export function failureOf(error: unknown, what: string, room: string): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT' || storeFailure(error) === 'full') {
    return new Failure({ what, why: `The disk of ${room} is full.`, mend: 'Make room there.' }, { cause: error });
  }
  if (error instanceof DatabaseUnusable) {
    return new Failure({ what: `${what} ${error.message}`, mend: error.mend }, { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new Failure({ what, why: message, mend: 'Run it with sudo, or choose another place.' }, { cause: error });
  }
  if (syscall !== undefined || OF_THE_FILES.has(storeCode(error))) {
    return new Failure(
      { what, why: `${room}: ${message}`, mend: 'Look after that disk, or choose another place.' },
      { cause: error },
    );
  }
  return error;
}
