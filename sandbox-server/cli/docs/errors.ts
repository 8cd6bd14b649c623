/** docs/errors.md, from the registry of errors. */
import { ERROR_CODES, ERRORS } from '../../protocol/errors.ts';

const INTRODUCTION = `
# Errors that a learner may meet

<!-- Generated from sandbox-server/protocol/errors.ts by \`slipway docs\`. -->

A code is permanent: pages, metrics and logs name it. The status is that of an HTTP response; the close code that of a
terminal's WebSocket. Where "tries again" stands, the page does so by itself.
`;

export function errorsDocument(): string {
  const rows = ERROR_CODES.map((code) => {
    const { status, close, text, hint, retry } = ERRORS[code];
    return `| \`${code}\` | ${status} | ${close} | ${text} | ${hint} | ${retry ? 'yes' : ''} |`;
  });
  const head =
    '| Code | Status | Close code | What the learner reads | What to do | Tries again |\n|---|---|---|---|---|---|';
  return `${INTRODUCTION.trim()}\n\n${[head, ...rows].join('\n')}\n`;
}
