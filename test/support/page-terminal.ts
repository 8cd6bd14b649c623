/** A terminal as a page has it: the page's own connection, with its waits and its positions, on a real WebSocket. */
import { WebSocket } from 'ws';
import { askForAdmission } from '../../site/terminal/admission.ts';
import type { Clock } from '../../site/terminal/clock.ts';
import { Connection } from '../../site/terminal/connection.ts';
import type { Socket, SocketListener } from '../../site/terminal/socket.ts';

const clock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms)[Symbol.toPrimitive](),
  clearTimeout: (timer) => clearTimeout(timer),
};

export class PageTerminal implements Disposable {
  readonly shells = new Set<string>();
  /** Times at which it was attached, as `performance.now()` has them. */
  readonly attachedAt: number[] = [];
  /** What was wrong with what came: a screen that had to begin anew, bytes that do not follow those before. */
  readonly mistakes: string[] = [];
  private readonly pieces: string[] = [];
  private end: number | undefined;
  private readonly connection: Connection;

  constructor(url: string, cookie: string, path: string) {
    const request: typeof fetch = (input, init) =>
      fetch(new URL(input as string, url), { ...init, headers: { ...init?.headers, cookie, origin: url } });
    this.connection = new Connection(
      {
        admission: () => askForAdmission(request),
        socket: (listener) => openSocket(url.replace('http', 'ws') + path, { origin: url, cookie }, listener),
        clock,
        random: Math.random,
      },
      {
        attached: (message, fresh) => {
          this.attachedAt.push(performance.now());
          this.shells.add(message.shell);
          if (fresh) this.mistakes.push(`its screen began anew: ${JSON.stringify(message)}`);
          this.end ??= message.from;
        },
        bytes: (data, position, parsed) => {
          if (position !== this.end) this.mistakes.push(`byte ${position} came after ${this.end}`);
          this.end = position + data.length;
          this.pieces.push(Buffer.from(data).toString('latin1'));
          parsed();
        },
        state() {},
        size() {},
        prompt() {},
        commandEnded() {},
        notice() {},
        sessionTime() {},
        returned() {},
      },
    );
    this.connection.start();
  }

  get connected(): boolean {
    return this.connection.state.name === 'connected';
  }

  get state(): string {
    return JSON.stringify(this.connection.state);
  }

  get text(): string {
    const text = this.pieces.join('');
    this.pieces.splice(0, Infinity, text);
    return text;
  }

  /** False: the page shows that it is not connected, and what was typed is gone. */
  type(text: string): boolean {
    return this.connection.type(Buffer.from(text));
  }

  [Symbol.dispose](): void {
    this.connection.stop();
  }
}

function openSocket(url: string, headers: Record<string, string>, listener: SocketListener): Socket {
  const socket = new WebSocket(url, { headers });
  let silent = false;
  socket.on('open', () => silent || listener.opened());
  socket.on('message', (data: Buffer, isBinary) => {
    if (silent) return;
    if (isBinary) listener.bytes(data);
    else listener.text(data.toString());
  });
  socket.on('error', () => {}); // `close` follows
  socket.on('close', (code) => silent || listener.closed(code));
  return {
    send: (data) => socket.readyState === socket.OPEN && socket.send(data),
    close: () => {
      silent = true;
      socket.close();
    },
  };
}
