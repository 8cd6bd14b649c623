/** The server's log: pino's JSON lines on standard output; `start` puts them where they belong. */
import { pino, type Logger } from 'pino';

export type Log = Logger;

/** What must never be in a log: secrets that came with a request. */
const REDACTED = ['req.headers.cookie', 'req.headers.authorization', 'cookie', 'code'];

export function createLog(part: 'gateway' | 'supervisor', level: string): Log {
  return pino({
    name: part,
    level,
    redact: { paths: REDACTED.filter((path) => path !== 'code'), censor: '(withheld)' },
  });
}
