/** HTTP and WebSockets as no browser and no library would speak them. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

export const COURSE = '/api/courses/containers-and-docker';
export const TERMINAL = `${COURSE}/terminals/main`;
export const LESSON = `${COURSE}/lessons/introduction`;
export const LIVE_LESSON = `${LESSON}/live`;

/** A connection to the server that takes any bytes. */
export async function dial(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replaceAll(/[[\]]/g, ''));
  await once(socket, 'connect');
  socket.on('error', () => {});
  return socket;
}

export interface RawResponse {
  status: number;
  headers: string;
  body: string;
}

/** Sends lines as they are, ended by an empty one, and reads until the server closes. */
export async function send(url: string, lines: string[], body = '', timeoutMs = 10_000): Promise<RawResponse> {
  const socket = await dial(url);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  const closed = once(socket, 'close');
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  // An accepted upgrade stays open: its first bytes are the answer.
  const upgraded = (async () => {
    while (!text.startsWith('HTTP/1.1 101')) await sleep(5);
  })();
  await Promise.race([closed, upgraded, sleep(timeoutMs)]);
  socket.destroy();
  const [head = '', ...rest] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), headers: head, body: rest.join('\r\n\r\n') };
}

/** The lines of a WebSocket upgrade as a browser sends them; `headers` replace or (undefined) remove its own. */
export function upgradeLines(url: string, path: string, headers: Record<string, string | undefined> = {}): string[] {
  const all: Record<string, string | undefined> = {
    Host: new URL(url).host,
    Origin: url,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [`GET ${path} HTTP/1.1`, ...lines];
}

/** Opcodes of RFC 6455. */
export const Opcode = { Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 } as const;

interface FrameOptions {
  fin?: boolean;
  masked?: boolean;
  /** Bits of the header that are reserved. */
  reserved?: number;
  /** Length that the header tells, where it is not the payload's. */
  claims?: number;
}

export function webSocketFrame(opcode: number, payload: string | Buffer, options: FrameOptions = {}): Buffer {
  const { fin = true, masked = true, reserved = 0 } = options;
  const bytes = Buffer.from(payload);
  const length = options.claims ?? bytes.length;
  const mask = masked ? 0x80 : 0;
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  let header: Buffer;
  if (length < 126) {
    header = Buffer.from([first, mask | length]);
  } else if (length < 65_536) {
    header = Buffer.from([first, mask | 126, length >> 8, length & 0xff]);
  } else {
    header = Buffer.alloc(10);
    header.set([first, mask | 127]);
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  // A key of zeroes leaves the payload as it is.
  return Buffer.concat(masked ? [header, Buffer.alloc(4), bytes] : [header, bytes]);
}

/** A WebSocket of a learner's to a terminal, without a library in between. */
export class RawSocket {
  /** Bytes that arrived, the handshake's included. */
  received = 0;
  readonly socket: Socket;
  readonly closed: Promise<void>;
  private tail = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.length;
      this.tail = Buffer.concat([this.tail, chunk]).subarray(-64 * 1024);
    });
  }

  static async open(url: string, cookie: string, path = TERMINAL): Promise<RawSocket> {
    const raw = new RawSocket(await dial(url));
    raw.socket.write(`${upgradeLines(url, path, { Cookie: cookie }).join('\r\n')}\r\n\r\n`);
    await expect.poll(() => raw.text).toMatch(/^HTTP\/1\.1 101 /);
    return raw;
  }

  /** Opens the terminal and waits for its prompt. */
  async attach(): Promise<this> {
    this.say({ type: 'open', visible: true, columns: 80, rows: 24 });
    await expect.poll(() => this.text, { timeout: 20_000 }).toMatch(/"attached"[^]*\$ /);
    return this;
  }

  get text(): string {
    return this.tail.toString('latin1');
  }

  say(message: object): void {
    this.socket.write(webSocketFrame(Opcode.Text, JSON.stringify(message)));
  }

  type(text: string): void {
    this.socket.write(webSocketFrame(Opcode.Binary, text));
  }

  write(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Writes as fast as the other end takes it, for so long. */
  async flood(bytes: Buffer, ms: number): Promise<void> {
    const until = Date.now() + ms;
    while (Date.now() < until && !this.socket.destroyed) {
      if (!this.socket.write(bytes)) await Promise.race([once(this.socket, 'drain').catch(() => {}), sleep(200)]);
      else await sleep(0);
    }
  }

  /** The close code that the server sent last; undefined where it sent none. */
  get closeCode(): number | undefined {
    const bytes = this.tail;
    const at = bytes.lastIndexOf(0x88);
    return at >= 0 && bytes.length >= at + 4 && bytes[at + 1]! >= 2 ? bytes.readUInt16BE(at + 2) : undefined;
  }

  /** Waits until the server has ended the connection. False where it does not. */
  async ends(ms = 10_000): Promise<boolean> {
    return Promise.race([this.closed.then(() => true), sleep(ms, false)]);
  }
}
