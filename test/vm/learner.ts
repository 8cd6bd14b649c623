/** A learner of the server in the VM, through Caddy: by https, with the certificate of Caddy's own authority verified. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

export const NAME = 'class.example';
export const URL = `https://${NAME}`;
const AUTHORITY = '/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt';
const COURSE = 'containers-and-docker';

/** Emulated processors are slow. */
const PATIENCE_MS = 240_000;

const NOTICE_MS = 20_000;

/** Status and first cookie of an answer. Every call is a connection of its own. */
export function ask(method: 'GET' | 'POST', path: string): Promise<{ status: number; cookie: string }> {
  const headers = method === 'POST' ? { 'content-type': 'application/json', origin: URL } : {};
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: false, ca: readFileSync(AUTHORITY) };
    const asked = request(`${URL}${path}`, options, (response) => {
      response.resume();
      const cookie = response.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      response.once('close', () => resolve({ status: response.statusCode!, cookie }));
    });
    asked.once('error', reject);
    asked.end(method === 'POST' ? '{}' : '');
  });
}

/** Waits until the address answers; how long that took, in milliseconds. */
export async function untilAnswered(): Promise<number> {
  const began = performance.now();
  for (;;) {
    const status = await ask('GET', '/healthz').then(
      (answer) => answer.status,
      (error: Error) => error.message,
    );
    if (status === 200) return performance.now() - began;
    if (performance.now() - began > PATIENCE_MS) throw new Error(`${URL}/healthz: ${status}`);
    await sleep(500);
  }
}

/** A terminal: what it printed since this connection was made, and which notices came. */
export class Terminal implements Disposable {
  private readonly noticed = new Set<string>();
  private text = '';
  private position = 0;
  private readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
  }

  static async open(cookie: string): Promise<Terminal> {
    const socket = new WebSocket(`wss://${NAME}/api/courses/${COURSE}/terminals/main`, {
      headers: { origin: URL, cookie },
      ca: readFileSync(AUTHORITY),
    });
    const terminal = new Terminal(socket);
    const { promise: attached, resolve, reject } = Promise.withResolvers<void>();
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) terminal.print(data);
      else if (terminal.hear(JSON.parse(data.toString()) as { type: string })) resolve();
    });
    socket.on('error', reject);
    socket.on('close', (code, reason) => reject(new Error(`the terminal was closed: ${code} ${reason}`)));
    await new Promise((opened) => socket.once('open', opened));
    socket.send(JSON.stringify({ type: 'open', visible: true, columns: 80, rows: 24 }));
    // What is typed before is lost: nobody is there yet to read it.
    await attached;
    return terminal;
  }

  type(line: string): void {
    this.socket.send(Buffer.from(`${line}\n`));
  }

  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(100)) {
      const found = pattern.exec(this.text);
      if (found) return found;
    }
    throw new Error(`the terminal did not show ${pattern}, but: ${this.text.slice(-2000)}`);
  }

  /** Whether this notice came, or comes soon: the kernel's counters are looked at now and then. */
  async notices(code: string): Promise<boolean> {
    for (const until = performance.now() + NOTICE_MS; performance.now() < until; await sleep(100)) {
      if (this.noticed.has(code)) return true;
    }
    return false;
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }

  private print(bytes: Buffer): void {
    this.text += bytes.toString();
    this.position += bytes.length;
    this.socket.send(JSON.stringify({ type: 'parsed', position: this.position }));
  }

  /** Whether it is attached now. */
  private hear(message: { type: string; from?: number; code?: string }): boolean {
    if (message.type === 'notice') this.noticed.add(message.code!);
    if (message.type !== 'attached') return false;
    this.position = message.from!;
    return true;
  }
}

/** New connections all the time, until they are stopped. */
export function visitors(): () => Promise<{ answered: number; failed: string[] }> {
  const failed: string[] = [];
  let answered = 0;
  const all: Promise<void>[] = [];
  const timer = setInterval(() => {
    const visit = ask('GET', '/healthz').then(
      ({ status }) => void (status === 200 ? answered++ : failed.push(`status ${status}`)),
      (error: Error) => void failed.push(error.message),
    );
    all.push(visit);
  }, 200);
  return async () => {
    clearInterval(timer);
    await Promise.all(all);
    return { answered, failed };
  };
}
