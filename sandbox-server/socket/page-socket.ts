/** A WebSocket to one page, whatever is said on it: pinged, bounded in what waits for it, closed by a code. */
import type { WebSocket } from 'ws';
import { ERRORS, type ErrorCode, isServersOwn } from '../protocol/errors.ts';
import { currentRequest, keepRequest } from '../request.ts';

/** What waits for a page, in bytes, before it counts as gone, whatever it still says. */
const MAX_UNTAKEN_BYTES = 2 * 1024 * 1024;

export interface PageSocketOptions {
  webSocket: WebSocket;
  received: (data: Buffer, isBinary: boolean) => void;
  /** Called when the socket has closed, whichever end it was. */
  closed: () => void;
  /** Called with the code that the page is closed with. */
  refused: (code: ErrorCode) => void;
}

export class PageSocket {
  /** The id of the request that opened it: under it the log has more. */
  readonly reference: string | undefined;
  private readonly webSocket: WebSocket;
  private readonly refused: (code: ErrorCode) => void;
  private alive = true;

  constructor({ webSocket, received, closed, refused }: PageSocketOptions) {
    this.webSocket = webSocket;
    this.refused = refused;
    // All that comes by this socket belongs to the request that opened it.
    webSocket.on('message', keepRequest(received));
    webSocket.on('pong', () => (this.alive = true));
    webSocket.on('error', () => webSocket.terminate());
    webSocket.once('close', keepRequest(closed));
    this.reference = currentRequest()?.id;
  }

  /** Bytes that the page has not taken yet. */
  get untaken(): number {
    return this.webSocket.bufferedAmount;
  }

  /** A message as JSON; nothing where the socket is closing. */
  tell(message: object): void {
    if (this.webSocket.readyState !== this.webSocket.OPEN) return;
    if (this.untaken > MAX_UNTAKEN_BYTES) return this.webSocket.terminate();
    this.webSocket.send(JSON.stringify(message));
  }

  /** Bytes as they are; `taken` is called when they are on their way. */
  send(bytes: Buffer, taken: () => void): void {
    this.webSocket.send(bytes, { binary: true }, taken);
  }

  /** Closes with the code's own close code; the page knows what to do by it. `said`: words of whoever runs the server. */
  close(code: ErrorCode, said?: string): void {
    if (this.webSocket.readyState === this.webSocket.OPEN) this.refused(code);
    // A page cannot see the header that an upgrade was answered with.
    if (isServersOwn(code) && this.reference !== undefined) this.tell({ type: 'closing', reference: this.reference });
    if (said !== undefined) this.tell({ type: 'closing', said });
    this.webSocket.close(ERRORS[code].close, code);
  }

  /** Pings; a page that did not answer the last one is gone. */
  ping(): void {
    if (!this.alive) return this.webSocket.terminate();
    this.alive = false;
    this.webSocket.ping();
  }
}
