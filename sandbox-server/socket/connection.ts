/** What is behind a WebSocket. */
import type { ErrorCode } from '../protocol/errors.ts';

export interface Connection {
  /** Closes with the code's own close code; the page knows what to do by it. */
  close(code: ErrorCode): void;
  /** Pings; a page that did not answer the last one is gone. */
  ping(): void;
}
