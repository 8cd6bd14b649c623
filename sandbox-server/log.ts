/** The server's log: pino's JSON lines on standard output; `start` puts them where they belong. */
import { pino, stdSerializers, type Logger } from 'pino';
import { requestField } from './request.ts';

export type Log = Logger;

/** What must never be in a log: secrets that came with a request. */
const REDACTED = ['req.headers.cookie', 'req.headers.authorization', 'cookie'];

export function createLog(part: 'gateway' | 'supervisor', level: string): Log {
  return pino({
    name: part,
    level,
    redact: { paths: REDACTED, censor: '(withheld)' },
    mixin: () => requestField(),
    serializers: { err: toFields },
  });
}

/** An error may carry what a program of a learner's printed: nothing is logged of it but these. */
function toFields(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: typeof error };
  const { type, message, stack, code } = stdSerializers.err(error) as ReturnType<typeof stdSerializers.err> & {
    code?: unknown;
  };
  return { type, message, stack, ...(typeof code === 'string' && { code }) };
}
