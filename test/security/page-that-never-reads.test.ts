import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { Opcode, RawSocket, TERMINAL, webSocketFrame } from '../support/raw-web.ts';
import { residentBytes } from '../support/resident.ts';
import { TestServer } from '../support/server.ts';

// A page that takes nothing from its socket but goes on asking: what the server holds for it must end somewhere.
let server: TestServer;
let raw: RawSocket;
let before: number;

/** What one page may cost: the window, a replay, the kernel's and the runtime's buffers, many times over. */
const MOST = 64 * 1024 * 1024;

beforeAll(async () => {
  server = await TestServer.start();
});
beforeEach(async () => {
  raw = await (await RawSocket.open(server.url, await visit(server.url))).attach();
  before = residentBytes(server.pid('gateway'));
  return async () => {
    raw.socket.destroy();
    const page = await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
    page.type('echo served-$((1))\n');
    await page.shows(/served-1\r\n/);
    page.close();
  };
});
afterAll(() => server?.[Symbol.asyncDispose]());

const grown = () => residentBytes(server.pid('gateway')) - before;

test('it may claim to have parsed what it never took', async () => {
  raw.type('yes "$(printf %0100d 7)"\n');
  raw.socket.pause();
  let position = 0;
  const until = Date.now() + 5000;
  while (Date.now() < until && grown() < 2 * MOST) {
    raw.say({ type: 'parsed', position: (position += 64 * 1024) });
    raw.say({ type: 'parsed', position: (position += 64 * 1024) });
    await sleep(8);
  }
  expect(grown()).toBeLessThan(MOST);
});

test('it may ask for the replay again and again', async () => {
  raw.type('seq 1 200000\n');
  for (let n = 1; n < 30; n++) {
    raw.say({ type: 'parsed', position: n * 45_000 });
    await sleep(20);
  }
  raw.socket.pause();
  for (let n = 0; n < 250 && grown() < 2 * MOST; n++) {
    raw.write(webSocketFrame(Opcode.Text, '{"type":"hide"}'), webSocketFrame(Opcode.Text, '{"type":"show","from":0}'));
    await sleep(12);
  }
  expect(grown()).toBeLessThan(MOST);
});

test('it may change its size a hundred thousand times while the program reads nothing', async () => {
  raw.type('stty raw -echo; sleep 1000\n');
  await sleep(300);
  raw.type('x'.repeat(20_000));
  await sleep(300);
  raw.socket.pause();
  const many = Buffer.concat(
    Array.from({ length: 1000 }, (_, n) =>
      webSocketFrame(Opcode.Text, `{"type":"resize","columns":${80 + (n % 9)},"rows":24}`),
    ),
  );
  await raw.flood(many, 3500);
  expect(grown()).toBeLessThan(MOST);
});

test('it may ping without taking the answers', async () => {
  raw.socket.pause();
  await raw.flood(
    Buffer.concat(Array.from({ length: 500 }, () => webSocketFrame(Opcode.Ping, Buffer.alloc(125)))),
    3000,
  );
  expect(grown()).toBeLessThan(MOST);
});

test('it may type without end into a program that reads nothing', async () => {
  raw.type('stty raw -echo; sleep 1000\n');
  await sleep(300);
  raw.socket.pause();
  await raw.flood(webSocketFrame(Opcode.Binary, Buffer.alloc(60_000, 'x')), 2000);
  expect(grown()).toBeLessThan(MOST);
});

test('it may download its files and take nothing of them', async () => {
  const cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  page.type('head -c 150M /dev/urandom > ~/big; echo made-$((1))\n');
  await page.shows(/made-1\r\n/, 30_000);
  before = residentBytes(server.pid('gateway'));
  const download = await fetch(`${server.url}/api/courses/containers-and-docker/sandbox/home.tar`, {
    headers: { cookie },
  });
  const reader = download.body!.getReader();
  await reader.read();
  await sleep(1500);
  expect(grown()).toBeLessThan(MOST);
  await reader.cancel();
});
