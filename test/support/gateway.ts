/** A gateway in this process on the fake driver, and a page's socket to it. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { CourseManifest } from '../../site/course/manifest.ts';
import type { Config } from '../../sandbox-server/config.ts';
import { createLog } from '../../sandbox-server/log.ts';
import { startGateway, type RunningGateway } from '../../sandbox-server/main.ts';
import type { ClientMessage, ServerMessage } from '../../sandbox-server/protocol/messages.ts';
import type { SandboxDriver } from '../../sandbox-server/sandbox/driver.ts';
import { LIMITS_OF, NO_LIMITS } from './limits.ts';

const MANIFEST: CourseManifest = {
  courses: [
    {
      id: 'course',
      title: 'A course',
      image: 'image',
      lessons: [
        {
          id: '01-lesson',
          slug: 'lesson',
          title: 'A lesson',
          terminals: ['main', 'second'],
          version: 'v1',
          files: null,
          setup: null,
          tasks: [],
          quizzes: [],
        },
      ],
    },
  ],
};

/** A gateway with its own folder and port; `overrides` change its configuration. */
export async function gatewayOn(
  driver: SandboxDriver,
  overrides: Partial<Config> = {},
  manifest = MANIFEST,
): Promise<RunningGateway & { url: string; config: Config }> {
  const data = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  writeFileSync(join(data, 'courses.json'), JSON.stringify(manifest));
  writeFileSync(join(data, 'access-code'), 'abcd-efgh');
  writeFileSync(join(data, 'index.html'), '<!doctype html><title>Courses</title>');
  writeFileSync(join(data, '404.html'), '<!doctype html><title>Nothing here</title>');
  const port = await freePort();
  const config = {
    host: '127.0.0.1',
    port,
    urls: [`http://127.0.0.1:${port}`],
    trustedProxies: [],
    access: 'open',
    limits: LIMITS_OF,
    ...NO_LIMITS,
    maxSandboxes: 10,
    startTimeoutMs: 5000,
    auditKeepMs: 86_400_000,
    busyAfterMs: 0,
    busyShare: 0.1,
    sandboxes: { mode: 'on' },
    images: { image: { id: 'image', profile: 'standard' } },
    registry: { mode: 'off' },
    paths: {
      site: data,
      courses: join(data, 'courses.json'),
      lessonFiles: join(data, 'lesson-files'),
      gatewayData: data,
      accessCode: join(data, 'access-code'),
      audit: join(data, 'audit'),
      operatorSocket: join(data, 'operator.sock'),
    },
    ...overrides,
  } as Config;
  const gateway = await startGateway(config, createLog('gateway', 'silent'), driver);
  return Object.assign(gateway, { url: config.urls[0]!, config });
}

/** Below what the kernel gives to connections by itself, so that it is still free when a server takes it a little later. */
const PORTS = { first: 20_000, count: 12_000 };

export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + randomInt(PORTS.count);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A new visitor's cookie, as `name=value`. */
export async function visit(url: string): Promise<string> {
  const response = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: '{}',
  });
  expect(response.status).toBe(200);
  return response.headers.get('set-cookie')!.split(';')[0]!;
}

/** A page's end of a terminal's WebSocket. */
export class TestPage {
  readonly messages: ServerMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly webSocket: WebSocket;
  private readonly pieces: Buffer[] = [];
  private start = 0;
  private received = 0;
  /** Whether it says what it has parsed, as a page does. */
  acknowledges = true;
  /** Takes what comes, with its position, in place of keeping it all. */
  sink: ((bytes: Buffer, at: number) => void) | undefined;

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on('message', (data: Buffer, isBinary) => this.take(data, isBinary));
    webSocket.on('error', () => {});
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = promise;
    webSocket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  }

  /** `more`: headers that a proxy would add. */
  static async open(
    url: string,
    cookie: string,
    path = '/api/courses/course/terminals/main',
    more: Record<string, string> = {},
    localAddress = '127.0.0.1',
  ): Promise<TestPage> {
    const webSocket = new WebSocket(url.replace('http', 'ws') + path, {
      headers: { origin: url, cookie, ...more },
      localAddress,
    });
    const page = new TestPage(webSocket);
    await new Promise((resolve, reject) => webSocket.once('open', resolve).once('error', reject));
    return page;
  }

  /** Opens the terminal and waits until it is attached. */
  async attach(open: Partial<ClientMessage & { type: 'open' }> = {}): Promise<this> {
    this.say({ type: 'open', visible: true, columns: 80, rows: 24, ...open });
    await this.hears('attached');
    return this;
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString('utf8');
  }

  /** The newest of the text: a flood is too long to search again and again. */
  get tail(): string {
    return Buffer.concat(this.pieces.slice(-20)).toString('utf8').slice(-4000);
  }

  get bytes(): number {
    return this.received;
  }

  get position(): number {
    return this.start + this.received;
  }

  say(message: ClientMessage): void {
    this.webSocket.send(JSON.stringify(message));
  }

  sayRaw(data: string | Buffer): void {
    this.webSocket.send(data);
  }

  type(text: string): void {
    this.webSocket.send(Buffer.from(text));
  }

  async shows(pattern: RegExp, timeout = 15_000): Promise<void> {
    await expect.poll(() => this.text, { timeout }).toMatch(pattern);
  }

  async hears<Type extends ServerMessage['type']>(
    type: Type,
    timeout = 15_000,
  ): Promise<ServerMessage & { type: Type }> {
    await expect.poll(() => this.messages.some((message) => message.type === type), { timeout }).toBe(true);
    return this.messages.findLast((message) => message.type === type) as ServerMessage & { type: Type };
  }

  forget(): void {
    this.messages.length = 0;
  }

  close(): void {
    this.webSocket.close();
  }

  private take(data: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      const message = JSON.parse(data.toString('utf8')) as ServerMessage;
      this.messages.push(message);
      if (message.type === 'attached') {
        this.start = message.from;
        this.received = 0;
      }
      return;
    }
    if (this.sink) this.sink(data, this.position);
    else this.pieces.push(data);
    this.received += data.length;
    if (this.acknowledges) this.say({ type: 'parsed', position: this.position });
  }
}
