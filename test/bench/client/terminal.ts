/** One viewer of a terminal over the WebSocket, which acknowledges what it has taken as the page does. */
import type { WebSocket } from 'ws';
import { errorOfCloseCode } from '../../../sandbox-server/protocol/errors.ts';
import type { ClientMessage, ServerMessage } from '../../../sandbox-server/protocol/messages.ts';
import { Acknowledgements } from '../../../site/terminal/acknowledgements.ts';
import { nodeClock } from './clock.ts';

export interface TerminalOptions {
  columns?: number;
  rows?: number;
  /** Takes what was printed, and calls `taken` when it is dealt with. Absent: it is dropped. */
  take?: (bytes: Buffer, taken: () => void) => void;
  /** Hears the text messages. */
  heard?: (message: ServerMessage) => void;
}

interface Waiting {
  needle: Buffer;
  /** What may be the beginning of the needle at the end of what came. */
  rest: Buffer;
  timer: NodeJS.Timeout;
  resolve(at: number): void;
  reject(error: Error): void;
}

/** A prompt's last mark (OSC 133 B): behind it the shell reads what is typed. */
export const PROMPT = '\u001B]133;B';

/** What has not come by then will not come: the bench fails instead of hanging. */
const SEES_MS = 30_000;

export class TerminalClient implements AsyncDisposable {
  /** Bytes that came since `attached`. */
  received = 0;
  private readonly socket: WebSocket;
  private readonly take: NonNullable<TerminalOptions['take']>;
  private readonly acknowledgements: Acknowledgements;
  private position = 0;
  private waiting: Waiting | undefined;
  private failure: Error | undefined;

  constructor(socket: WebSocket, { columns = 120, rows = 30, take, heard }: TerminalOptions) {
    this.socket = socket;
    this.take = take ?? ((_, taken) => taken());
    this.acknowledgements = new Acknowledgements((position) => this.say({ type: 'parsed', position }), nodeClock);
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) return this.printed(data);
      const message = JSON.parse(data.toString('utf8')) as ServerMessage;
      if (message.type === 'attached') this.attached(message.from);
      heard?.(message);
    });
    socket.on('error', (error) => this.fail(error));
    socket.on('close', (code) => this.fail(new Error(`the terminal was closed: ${errorOfCloseCode(code) ?? code}`)));
    this.say({ type: 'open', visible: true, columns, rows });
  }

  type(text: string): void {
    this.socket.send(Buffer.from(text));
  }

  /** Resolves when these bytes come, from now on; to the time (`performance.now()`) of the message that had the last. */
  sees(needle: string): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    if (this.failure) {
      reject(this.failure);
      return promise;
    }
    const late = () => this.reject(new Error(`${JSON.stringify(needle)} was not printed within ${SEES_MS / 1000} s`));
    const timer = setTimeout(late, SEES_MS);
    this.waiting = { needle: Buffer.from(needle), rest: Buffer.alloc(0), timer, resolve, reject };
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.readyState === this.socket.CLOSED) return;
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.close();
    await closed;
  }

  private attached(from: number): void {
    this.position = from;
    this.acknowledgements.reset(from);
  }

  private printed(bytes: Buffer): void {
    const now = performance.now();
    this.received += bytes.length;
    const end = (this.position += bytes.length);
    this.take(bytes, () => this.acknowledgements.parsed(end));
    this.look(bytes, now);
  }

  private look(bytes: Buffer, now: number): void {
    const { waiting } = this;
    if (!waiting) return;
    const all = waiting.rest.length > 0 ? Buffer.concat([waiting.rest, bytes]) : bytes;
    if (all.includes(waiting.needle)) {
      clearTimeout(waiting.timer);
      this.waiting = undefined;
      return waiting.resolve(now);
    }
    waiting.rest = all.subarray(Math.max(0, all.length - waiting.needle.length + 1));
  }

  say(message: ClientMessage): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.reject(error);
  }

  private reject(error: Error): void {
    clearTimeout(this.waiting?.timer);
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}
