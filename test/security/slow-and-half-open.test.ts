import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { dial, RawSocket, TERMINAL, upgradeLines } from '../support/raw-web.ts';
import { residentBytes } from '../support/resident.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cookie: string;
/** A socket on which nobody opens a terminal, from the first test on. */
let unopened: RawSocket | undefined;

beforeAll(async () => {
  server = await TestServer.start();
  cookie = await visit(server.url);
});
beforeEach(async () => {
  unopened ??= await RawSocket.open(server.url, cookie);
});
afterAll(() => server?.[Symbol.asyncDispose]());

async function serves(): Promise<void> {
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  page.type('echo served-$((1))\n');
  await page.shows(/served-1\r\n/);
  page.close();
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
}

test('connections that say nothing, or half of something, keep nobody out', async () => {
  const before = residentBytes(server.pid('gateway'));
  const idle: Socket[] = [];
  for (let n = 0; n < 600; n++) {
    const socket = await dial(server.url);
    if (n % 3 === 1) socket.write('GET / HTTP/1.1\r\nHost: ');
    if (n % 3 === 2)
      socket.write('POST /api/session HTTP/1.1\r\nContent-Length: 10000\r\nContent-Type: application/json\r\n\r\n{');
    idle.push(socket);
  }
  await serves();
  expect(residentBytes(server.pid('gateway')) - before).toBeLessThan(100 * 1024 * 1024);
  for (const socket of idle) socket.destroy();
});

test('a slow upgrade is one as soon as it is whole, and one that breaks off is forgotten', async () => {
  const socket = await dial(server.url);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  const whole = `${upgradeLines(server.url, TERMINAL, { Cookie: cookie }).join('\r\n')}\r\n\r\n`;
  for (let at = 0; at < whole.length; at += 7) {
    socket.write(whole.slice(at, at + 7));
    await sleep(5);
  }
  await expect.poll(() => text).toMatch(/^HTTP\/1\.1 101 /);
  socket.destroy();
  for (let n = 0; n < 20; n++) {
    const broken = await dial(server.url);
    broken.write(whole.slice(0, n * 12));
    broken.resetAndDestroy();
  }
  await serves();
});

test('a request whose head never ends is ended', async () => {
  const socket = await dial(server.url);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  socket.write(`GET / HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\n`);
  const closed = once(socket, 'close');
  for (let n = 0; n < 200 && !socket.destroyed; n++) {
    socket.write(`X-Header-${n}: ${'x'.repeat(1000)}\r\n`);
    await sleep(2);
  }
  expect(await Promise.race([closed.then(() => 'closed'), sleep(5000, 'open')])).toBe('closed');
  expect(answer).toMatch(/^(?:HTTP\/1\.1 431 |$)/);
});

test('a learner opens as many sockets as lessons need, and no more', async () => {
  const one = await visit(server.url);
  const sockets: RawSocket[] = [];
  const turnedAway = () => sockets.filter((raw) => raw.closeCode === ERRORS['too-many-requests'].close).length;
  while (sockets.length < 100 && turnedAway() === 0) {
    for (let n = 0; n < 10; n++) sockets.push(await RawSocket.open(server.url, one));
  }
  expect(turnedAway()).toBeGreaterThan(0);
  expect(sockets.length - turnedAway()).toBeGreaterThan(10);
  // Another learner is not kept out by it, and this one comes in again when there is room.
  await serves();
  for (const raw of sockets) raw.socket.destroy();
  await expect
    .poll(
      async () => {
        const again = await RawSocket.open(server.url, one);
        await again.attach();
        again.socket.destroy();
        return again.closeCode;
      },
      { timeout: 10_000 },
    )
    .toBeUndefined();
});

test('a socket on which nobody opens a terminal is closed', async () => {
  await expect.poll(() => unopened!.closeCode, { timeout: 15_000 }).toBe(ERRORS['bad-request'].close);
});

test('a server that ends does not wait for those who do not answer', async () => {
  await using other = await TestServer.start();
  const learner = await visit(other.url);
  const silent: RawSocket[] = [];
  for (let n = 0; n < 5; n++) {
    const raw = await (await RawSocket.open(other.url, learner)).attach();
    raw.socket.pause();
    silent.push(raw);
  }
  const half = await dial(other.url);
  half.write('POST /api/session HTTP/1.1\r\nContent-Length: 10\r\n');
  const ended = other.end('gateway').then(() => 'ended');
  expect(await Promise.race([ended, sleep(10_000, 'still there')])).toBe('ended');
  for (const raw of silent) raw.socket.destroy();
  half.destroy();
});
