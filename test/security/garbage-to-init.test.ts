import type { Duplex } from 'node:stream';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askInit, runInSandbox } from '../../sandbox-server/sandbox/init/ask.ts';
import { FrameDecoder, encodeControl, encodeFrame } from '../../sandbox-server/sandbox/init/decoder.ts';
import { FrameKind, MAX_PAYLOAD_BYTES } from '../../sandbox-server/sandbox/init/frames.ts';
import { InitStream } from '../../sandbox-server/sandbox/init/stream.ts';
import { initOf } from '../support/host.ts';
import { LIMITS } from '../support/limits.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;
let id: string;
let init: number;
/** A terminal that has nothing to do with any of it. */
let bystander: TestTerminal | undefined;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start();
  init = initOf(sandboxes, id);
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

let round = 0;
beforeEach(async () => {
  bystander ??= await TestTerminal.open(sandboxes.driver, id, 'bystander');
  return async () => {
    await bystanderAnswers(`round-${++round}`);
    expect(initOf(sandboxes, id)).toBe(init);
    expect(await askInit(await sandboxes.driver.connect(id), { op: 'status' }, 5000)).toMatchObject({ ok: true });
  };
});

async function bystanderAnswers(word: string): Promise<void> {
  bystander!.type(`echo ${word.replace('-', '-$((0))')}\n`);
  await bystander!.shows(new RegExp(`${word.replace('-', '-0')}\r\n`));
}

const connect = async (): Promise<Duplex> => {
  const duplex = await sandboxes.driver.connect(id);
  duplex.on('error', () => {});
  return duplex;
};

/** Writes, and resolves to what init answered until it closed. */
async function answerTo(...pieces: (string | Buffer)[]): Promise<Record<string, unknown> | undefined> {
  const duplex = await connect();
  let answer: Record<string, unknown> | undefined;
  const decoder = new FrameDecoder((kind, payload) => {
    if (kind === FrameKind.Control) answer ??= JSON.parse(payload.toString()) as Record<string, unknown>;
  });
  const closed = new Promise((resolve) => duplex.once('close', resolve));
  duplex.on('data', (chunk: Buffer) => decoder.push(chunk));
  for (const piece of pieces) duplex.write(piece);
  await Promise.race([closed, sleep(5000)]);
  duplex.destroy();
  return answer;
}

const request = (fields: object) => `${JSON.stringify(fields)}\n`;
const TERMINAL = request({ op: 'terminal', name: 'victim', columns: 80, rows: 24 });

test.each([
  ['nothing but a line end', '\n'],
  ['what is no JSON', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['another shape', '[1,2,3]\n'],
  ['null', 'null\n'],
  ['an unknown operation', request({ op: 'reboot' })],
  ['an operation of another type', request({ op: 7 })],
  [
    'bytes of every kind',
    Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, n) => (n === 10 ? 0 : n))), Buffer.from('\n')]),
  ],
  ['nesting without end', `${'['.repeat(8000)}\n`],
  ['a command that is none', request({ op: 'exec', argv: [] })],
  ['a command with a zero byte', request({ op: 'exec', argv: ['sh\0', '-c', 'true'] })],
  ['a command that is not there', request({ op: 'exec', argv: ['no-such-program'] })],
  ['a command that is a directory', request({ op: 'exec', argv: ['/etc'] })],
  ['a terminal without a name', request({ op: 'terminal', columns: 80, rows: 24 })],
  ['a terminal whose name is a path', request({ op: 'terminal', name: '../../etc/passwd', columns: 80, rows: 24 })],
  ['a terminal of no size', request({ op: 'terminal', name: 'x', columns: 0, rows: 0 })],
  ['a terminal of a billion columns', request({ op: 'terminal', name: 'x', columns: 1e9, rows: 24 })],
  ['a terminal of less than nothing', request({ op: 'terminal', name: 'x', columns: -80, rows: -24 })],
  ['a reason to save that is an escape sequence', request({ op: 'save', why: '\x1b[2J' })],
  ['a reason to save that is a book', request({ op: 'save', why: 'x'.repeat(10_000) })],
  ['closing a terminal whose name is a path', request({ op: 'close', name: '../../../../etc/passwd' })],
])('init answers no to %s', async (_what, text) => {
  const answer = await answerTo(text);
  // A command is looked up where it is executed: that it cannot be is its own end.
  if (answer?.['ok'] !== true) expect(answer).toMatchObject({ ok: false, code: expect.any(String) as string });
});

test('a request without an end is refused at its limit, not kept', async () => {
  const answer = await answerTo(Buffer.alloc(1024 * 1024, 'x'));
  expect(answer).toMatchObject({ ok: false, code: 'bad-request' });
});

test.each([
  ['a frame of 4 GB', Buffer.from([0, 0xff, 0xff, 0xff, 0xff])],
  ['a frame a byte too long', Buffer.concat([Buffer.from([0, 0, 1, 0, 1]), Buffer.alloc(MAX_PAYLOAD_BYTES + 1)])],
  ['a frame of an unknown kind', Buffer.from([9, 0, 0, 0, 1, 65])],
  ['a control frame that is no JSON', encodeFrame(FrameKind.Control, Buffer.from('{'))],
  ['a frame of errors', encodeFrame(FrameKind.ErrorData, Buffer.from('x'))],
])('%s ends the stream that it came on, and no other', async (_what, bytes) => {
  const duplex = await connect();
  const closed = new Promise((resolve) => duplex.once('close', resolve));
  duplex.resume();
  duplex.write(TERMINAL);
  await sleep(50);
  duplex.write(bytes);
  expect(await Promise.race([closed.then(() => 'closed'), sleep(5000)])).toBe('closed');
});

test('tiny frames without end are no more than tiny frames', async () => {
  const duplex = await connect();
  duplex.resume();
  duplex.write(TERMINAL);
  const many = Buffer.concat(
    Array.from({ length: 20_000 }, (_, n) => encodeFrame(FrameKind.Data, n % 2 ? Buffer.alloc(0) : Buffer.from(' '))),
  );
  for (let n = 0; n < 10; n++) duplex.write(many);
  const empty = Buffer.concat(Array.from({ length: 20_000 }, () => encodeControl({ type: 'no such thing' })));
  for (let n = 0; n < 5; n++) duplex.write(empty);
  await expect.poll(() => duplex.writableLength, { timeout: 20_000 }).toBe(0);
  duplex.destroy();
});

test('silence, half a request and half a frame hold nobody up', async () => {
  const silent = await Promise.all(Array.from({ length: 20 }, connect));
  const half = await connect();
  half.write('{"op":"sta');
  const halfFrame = await connect();
  halfFrame.write(TERMINAL);
  halfFrame.write(Buffer.from([0, 0, 0, 1, 0, 65]));
  const halfClosed = await connect();
  halfClosed.end(TERMINAL);
  const never = await connect();
  never.write(request({ op: 'exec', argv: ['yes'] }));
  await sleep(300);
  const { stdout } = await runInSandbox(await connect(), { op: 'exec', argv: ['echo', 'served'] });
  expect(stdout.toString()).toBe('served\n');
  for (const each of [...silent, half, halfFrame, halfClosed, never]) each.destroy();
});

test('more connections than init has descriptors for are turned away, not waited for; those that are there go on', async () => {
  const many: Duplex[] = [];
  try {
    for (let n = 0; n < LIMITS.openFiles + 500; n++) many.push(await connect());
    await sleep(300);
    const before = ticks();
    await sleep(2000);
    // Of 200 clock ticks: waiting for room must not be a busy wait.
    expect(ticks() - before).toBeLessThan(40);
    await bystanderAnswers('full-now');
  } finally {
    for (const each of many) each.destroy();
  }
  const answers = async () =>
    askInit(await connect(), { op: 'status' }, 2000).then(
      () => true,
      () => false,
    );
  await expect.poll(answers, { timeout: 15_000 }).toBe(true);
});

/** Processor time of init's, in ticks of 10 ms. */
function ticks(): number {
  const fields = readFileSync(`/proc/${init}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

test('there are as many terminals as init can remember, and one more is refused', async () => {
  const other = await sandboxes.start();
  const opened: string[] = [];
  const streams: InitStream[] = [];
  let refusal: unknown;
  for (let n = 0; n < 64 && refusal === undefined; n++) {
    const duplex = await sandboxes.driver.connect(other);
    const stream = new InitStream(
      duplex,
      { op: 'terminal', name: `t${n}`, columns: 80, rows: 24 },
      {
        onOpen: () => opened.push(`t${n}`),
        onEnd: (error) => (refusal = error),
      },
    );
    await expect.poll(() => opened.length > n || refusal !== undefined).toBe(true);
    streams.push(stream);
  }
  expect(refusal).toMatchObject({ name: 'InitRefused', code: 'too-many-terminals' });
  expect(opened.length).toBeGreaterThanOrEqual(4);
  for (const stream of streams) stream[Symbol.dispose]();
});

test('a command dies with its connection, its children with it', async () => {
  const duplex = await connect();
  duplex.resume();
  duplex.write(request({ op: 'exec', argv: ['bash', '-c', 'sleep 3111 & sleep 3111'] }));
  await expect.poll(async () => (await sandboxes.run(id, 'pgrep -cf "sleep 3111"')).out).not.toBe('0\n');
  duplex.destroy();
  await expect.poll(async () => (await sandboxes.run(id, 'pgrep -cx sleep')).out).toBe('0\n');
});
