import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { MAX_CLIENT_MESSAGE_BYTES } from '../../sandbox-server/protocol/limits.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { Opcode, RawSocket, TERMINAL, webSocketFrame } from '../support/raw-web.ts';
import { residentBytes } from '../support/resident.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cookie: string;
let bystander: TestPage | undefined;

beforeAll(async () => {
  server = await TestServer.start();
  cookie = await visit(server.url);
});
beforeEach(async () => {
  bystander ??= await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
});
afterAll(() => server?.[Symbol.asyncDispose]());

let round = 0;
async function bystanderAnswers(): Promise<void> {
  const word = `round-${++round}`;
  bystander!.type(`echo ${word.replace('-', '-$((0))')}\n`);
  await bystander!.shows(new RegExp(`${word.replace('-', '-0')}\r\n`));
}

const { Text, Binary, Continuation, Close, Ping } = Opcode;
const OPEN = JSON.stringify({ type: 'open', visible: true, columns: 80, rows: 24 });

// Close codes of RFC 6455: 1002 protocol error, 1007 wrong text, 1009 too big; above 4000 our own.
test.each<[string, Buffer[], number]>([
  ['a message that is too long', [webSocketFrame(Binary, Buffer.alloc(MAX_CLIENT_MESSAGE_BYTES + 1))], 1009],
  ['a message that says it has 8 exabytes', [webSocketFrame(Binary, '', { claims: Number.MAX_SAFE_INTEGER })], 1009],
  [
    'a message in pieces that are too long together',
    [webSocketFrame(Binary, Buffer.alloc(40_000), { fin: false }), webSocketFrame(Continuation, Buffer.alloc(40_000))],
    1009,
  ],
  ['a frame without a mask', [webSocketFrame(Text, OPEN, { masked: false })], 1002],
  ['a frame with reserved bits', [webSocketFrame(Text, OPEN, { reserved: 4 })], 1002],
  ['an opcode that there is not', [webSocketFrame(3, 'x')], 1002],
  ['a continuation of nothing', [webSocketFrame(Continuation, 'x')], 1002],
  ['a message begun within another', [webSocketFrame(Text, 'x', { fin: false }), webSocketFrame(Text, 'x')], 1002],
  ['a ping in pieces', [webSocketFrame(Ping, 'x', { fin: false })], 1002],
  ['a ping that is too long', [webSocketFrame(Ping, Buffer.alloc(126))], 1002],
  ['text that is no UTF-8', [webSocketFrame(Text, Buffer.from([0xc3, 0x28]))], 1007],
  ['a close with half a code', [webSocketFrame(Close, Buffer.from([3]))], 1002],
  ['a close with a code that is none', [webSocketFrame(Close, Buffer.from([0x03, 0xed]))], 1002],
  ['what is no JSON', [webSocketFrame(Text, 'hello')], ERRORS['bad-request'].close],
  ['an empty message', [webSocketFrame(Text, '')], ERRORS['bad-request'].close],
  [
    'a message that there is not',
    [webSocketFrame(Text, OPEN), webSocketFrame(Text, '{"type":"exec"}')],
    ERRORS['bad-request'].close,
  ],
  ['a second open', [webSocketFrame(Text, OPEN), webSocketFrame(Text, OPEN)], ERRORS['bad-request'].close],
  ['nesting without end', [webSocketFrame(Text, '['.repeat(60_000))], ERRORS['bad-request'].close],
  [
    'a key that reaches into objects',
    [webSocketFrame(Text, OPEN.replace('{', '{"__proto__":{"x":1},'))],
    ERRORS['bad-request'].close,
  ],
])('%s ends the socket with its code, and no other', async (_what, frames, code) => {
  const raw = await RawSocket.open(server.url, cookie);
  raw.write(...frames);
  await expect.poll(() => raw.closeCode).toBe(code);
  raw.socket.destroy();
  await bystanderAnswers();
});

const cells = [0, -1, 1, 1.5, 1001, 1e9, Number.MAX_SAFE_INTEGER, null, '80', true, [], {}];

test.each(['columns', 'rows'])('%s that no terminal has are refused, at the beginning and later', async (side) => {
  const open = { type: 'open', visible: true, columns: 80, rows: 24 };
  const told = async (...messages: string[]) => {
    const raw = await RawSocket.open(server.url, await visit(server.url));
    raw.write(...messages.map((text) => webSocketFrame(Text, text)));
    await expect.poll(() => raw.closeCode, { message: messages.join(' then ') }).toBe(ERRORS['bad-request'].close);
    raw.socket.destroy();
  };
  // JSON has no NaN and no infinity; what writes them is no JSON, or more than a number holds.
  const texts = [...cells.map((value) => JSON.stringify(value)), 'NaN', '1e999', '-0.5', '"80"', 'Infinity'];
  const plain = JSON.stringify(open);
  for (const value of texts) {
    await told(plain.replace(`"${side}":${open[side as 'rows']}`, `"${side}":${value}`));
  }
  for (const value of texts.slice(0, 4)) {
    await told(
      plain,
      plain
        .replace('open', 'resize')
        .replace('"visible":true,', '')
        .replace(`"${side}":${open[side as 'rows']}`, `"${side}":${value}`),
    );
  }
});

test('a message in a thousand pieces is one message', async () => {
  const raw = await RawSocket.open(server.url, cookie);
  await raw.attach();
  const command = `echo ${'a'.repeat(900)}\n`;
  raw.write(webSocketFrame(Binary, command[0]!, { fin: false }));
  for (const [n, each] of command.slice(1, -1).split('').entries()) {
    raw.write(webSocketFrame(Continuation, each, { fin: false }));
    if (n % 50 === 0) raw.write(webSocketFrame(Ping, 'between'));
  }
  raw.write(webSocketFrame(Continuation, command.at(-1)!));
  await expect.poll(() => raw.text.replaceAll(/[^a]/g, '').length, { timeout: 10_000 }).toBeGreaterThan(1700);
  raw.socket.destroy();
});

test.each<[string, () => Buffer]>([
  [
    'empty pieces of one message',
    () =>
      Buffer.concat([
        webSocketFrame(Binary, '', { fin: false }),
        ...Array.from({ length: 4000 }, () => webSocketFrame(Continuation, '', { fin: false })),
      ]),
  ],
  ['pings', () => Buffer.concat(Array.from({ length: 1000 }, () => webSocketFrame(Ping, Buffer.alloc(125))))],
  ['messages of one byte', () => Buffer.concat(Array.from({ length: 4000 }, () => webSocketFrame(Binary, '\n')))],
  [
    'acknowledgements',
    () =>
      Buffer.concat(Array.from({ length: 1000 }, (_, n) => webSocketFrame(Text, `{"type":"parsed","position":${n}}`))),
  ],
  [
    'hiding and showing',
    () =>
      Buffer.concat(
        Array.from({ length: 200 }, (_, n) =>
          webSocketFrame(Text, n % 2 ? '{"type":"show","from":0}' : '{"type":"hide"}'),
        ),
      ),
  ],
])('a flood of %s leaves others served and memory flat', async (_what, flood) => {
  const raw = await RawSocket.open(server.url, await visit(server.url));
  await raw.attach();
  const before = residentBytes(server.pid('gateway'));
  const flooding = raw.flood(flood(), 1500);
  await bystanderAnswers();
  await flooding;
  await bystanderAnswers();
  expect(residentBytes(server.pid('gateway')) - before).toBeLessThan(100 * 1024 * 1024);
  raw.socket.destroy();
});
