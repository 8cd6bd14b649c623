import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { AttachedMessage, ServerMessage } from '../../sandbox-server/protocol/messages.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { processesIn } from '../support/host.ts';
import { TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

/** How often each part is killed. */
const TIMES = 20;

/** A random order that a failed run can be repeated with. */
const SEED = Number(process.env['SLIPWAY_TEST_SEED'] ?? Date.now() % 1_000_000);

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/** A learner's page: connects again whenever it lost the server, from the byte that it has. */
class Page implements Disposable {
  text = '';
  connections = 0;
  readonly shells = new Set<string>();
  /** What was wrong with an answer; a server that is not there is no mistake. */
  readonly mistakes: string[] = [];
  private readonly server: TestServer;
  private readonly cookie: string;
  private webSocket: WebSocket | undefined;
  private position: number | undefined;
  private shell: string | undefined;
  private ended = false;

  constructor(server: TestServer, cookie: string) {
    this.server = server;
    this.cookie = cookie;
    this.connect();
  }

  type(text: string): void {
    this.webSocket!.send(Buffer.from(text));
  }

  [Symbol.dispose](): void {
    this.ended = true;
    this.webSocket?.terminate();
  }

  private connect(): void {
    if (this.ended) return;
    const { url } = this.server;
    const webSocket = new WebSocket(url.replace('http', 'ws') + TERMINAL, {
      headers: { origin: url, cookie: this.cookie },
    });
    this.webSocket = webSocket;
    const say = (message: object) => webSocket.send(JSON.stringify(message));
    webSocket.on('error', () => {});
    webSocket.on('open', () => {
      const resume = this.position === undefined ? {} : { from: this.position, shell: this.shell };
      say({ type: 'open', visible: true, columns: 80, rows: 24, ...resume });
    });
    webSocket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        this.text += data.toString('latin1');
        this.position = this.position! + data.length;
        return say({ type: 'parsed', position: this.position });
      }
      const message = JSON.parse(data.toString()) as ServerMessage;
      if (message.type === 'attached') this.attached(message);
    });
    webSocket.on('close', () => setTimeout(() => this.connect(), 30));
  }

  private attached(message: AttachedMessage): void {
    this.connections++;
    this.shells.add(message.shell);
    if (this.position !== undefined && (message.cut || message.from !== this.position)) {
      this.mistakes.push(`wanted ${this.position}, got ${JSON.stringify(message)}`);
    }
    this.position = message.from;
    this.shell = message.shell;
  }
}

test('killing gateway and supervisor again and again ends no shell, and no byte is lost or doubled', async () => {
  await using server = await TestServer.start({ logLevel: 'warn' });
  const cookie = await visit(server.url);
  using page = new Page(server, cookie);
  await expect.poll(() => page.text, { timeout: 20_000 }).toMatch(/\$ /);
  // 200 lines a second: what waits while a gateway starts stays far below what init holds.
  page.type(
    `perl -e '$| = 1; for (my $n = 0; !-e "enough"; $n++) { print "line-$n\\n"; select undef, undef, undef, 0.005 } print "last\\n"'\n`,
  );
  await expect.poll(() => page.text, { timeout: 20_000 }).toMatch(/line-100\r\n/);
  const [sandbox] = readdirSync(join(server.config.run, 'sandboxes'));
  const before = processesIn(server.config.cgroup);

  const next = random(SEED);
  const left = { gateway: TIMES, supervisor: TIMES };
  while (left.gateway + left.supervisor > 0) {
    const parts =
      next() < 0.2 ? (['gateway', 'supervisor'] as const) : ([next() < 0.5 ? 'gateway' : 'supervisor'] as const);
    const killed = parts.filter((part) => left[part] > 0);
    for (const part of killed) left[part]--;
    await sleep(next() * 250);
    await Promise.all(killed.map((part) => server.end(part, 'SIGKILL')));
    await Promise.all(killed.map((part) => server.run(part)));
  }

  const other = await TestPage.open(server.url, cookie, TERMINAL.replace('main', 'second'));
  await other.attach();
  other.type('touch ~/enough\n');
  await expect.poll(() => page.text.slice(-2000), { timeout: 20_000 }).toMatch(/last\r\n/);

  expect(page.mistakes, `seed ${SEED}`).toEqual([]);
  expect(page.connections).toBeGreaterThan(TIMES / 2);
  expect(page.shells.size).toBe(1);
  const lines = [...page.text.matchAll(/line-(\d+)\r\n/g)].map((match) => Number(match[1]));
  expect(lines.length).toBeGreaterThan(500);
  expect(
    lines.findIndex((number, index) => number !== index),
    `seed ${SEED}: the first line out of order`,
  ).toBe(-1);
  // Adopted, not made anew; and nothing was left over on the way.
  expect(readdirSync(join(server.config.run, 'sandboxes'))).toEqual([sandbox]);
  expect(before.filter((pid) => processesIn(server.config.cgroup).includes(pid)).length).toBeGreaterThanOrEqual(2);
});
