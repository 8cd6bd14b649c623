import { Duplex, duplexPair } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askInit, runInSandbox } from '../../sandbox-server/sandbox/init/ask.ts';
import { FrameDecoder, FrameError, encodeControl, encodeFrame } from '../../sandbox-server/sandbox/init/decoder.ts';
import { FrameKind, MAX_PAYLOAD_BYTES } from '../../sandbox-server/sandbox/init/frames.ts';
import { InitStream } from '../../sandbox-server/sandbox/init/stream.ts';
import { parseTerminalEvent } from '../../sandbox-server/sandbox/init/terminal-events.ts';

// Whatever comes out of a sandbox ends a stream at worst: never the server, and never its memory.
const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
beforeAll(() => {
  process.on('unhandledRejection', note).on('uncaughtException', note);
});
afterAll(() => {
  process.off('unhandledRejection', note).off('uncaughtException', note);
  expect(unhandled).toEqual([]);
});

const bytes = fc.uint8Array({ maxLength: 2000 }).map((array) => Buffer.from(array));
const frame = fc.record({
  kind: fc.constantFrom(0, 1, 2),
  payload: fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
});
/** Bytes that begin as frames do, which garbage seldom does. */
const nearly = fc
  .array(
    fc.oneof(
      frame.map(({ kind, payload }) => encodeFrame(kind as FrameKind, payload)),
      bytes,
    ),
    { maxLength: 12 },
  )
  .map(Buffer.concat);

function cut(whole: Buffer, at: number[]): Buffer[] {
  const ends = [...new Set(at.map((n) => n % (whole.length + 1)))].sort((a, b) => a - b);
  return [...ends, whole.length].map((end, index) => whole.subarray(index === 0 ? 0 : ends[index - 1], end));
}

test('frames are the same, however the bytes arrive', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 40 }), (frames, at) => {
      const seen: { kind: number; text: string }[] = [];
      const decoder = new FrameDecoder((kind, payload) => seen.push({ kind, text: payload.toString('latin1') }));
      for (const piece of cut(
        Buffer.concat(frames.map(({ kind, payload }) => encodeFrame(kind as FrameKind, payload))),
        at,
      )) {
        decoder.push(piece);
      }
      // Data may come in pieces; control frames are whole.
      const join = (list: { kind: number; text: string }[]) =>
        [0, 2].map((kind) =>
          list
            .filter((each) => each.kind === kind)
            .map((each) => each.text)
            .join(''),
        );
      const sent = frames.map(({ kind, payload }) => ({ kind, text: payload.toString('latin1') }));
      expect(join(seen)).toEqual(join(sent));
      expect(seen.filter((each) => each.kind === 1)).toEqual(sent.filter((each) => each.kind === 1));
    }),
  );
});

test('garbage is a FrameError or nothing', () => {
  fc.assert(
    fc.property(nearly, fc.array(fc.nat(), { maxLength: 20 }), (garbage, at) => {
      const decoder = new FrameDecoder(() => {});
      try {
        for (const piece of cut(garbage, at)) decoder.push(piece);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
      }
    }),
  );
});

test.each([
  ['a frame of 4 GB', Buffer.from([0, 0xff, 0xff, 0xff, 0xff])],
  ['a frame a byte too long', encodeFrame(FrameKind.Data, Buffer.alloc(0)).fill(0).fill(1, 2, 3).fill(1, 4)],
  ['an unknown kind', Buffer.from([3, 0, 0, 0, 0])],
])('%s is refused by its header', (_what, header) => {
  expect(() => new FrameDecoder(() => {}).push(header)).toThrow(FrameError);
});

test('a stream ends once, whatever comes', async () => {
  await fc.assert(
    fc.asyncProperty(nearly, fc.array(fc.nat(), { maxLength: 10 }), fc.boolean(), async (garbage, at, opened) => {
      const [init, server] = duplexPair();
      init.on('error', () => {});
      let ends = 0;
      const stream = new InitStream(
        server,
        { op: 'terminal', name: 'main', columns: 80, rows: 24 },
        {
          onControl: (event) => void parseTerminalEvent(event),
          onEnd: () => ends++,
        },
      );
      if (opened) init.write(encodeControl({ ok: true }));
      for (const piece of cut(garbage, at)) init.write(piece);
      init.end();
      init.resume();
      await new Promise((resolve) => server.once('close', resolve));
      await sleep(0);
      expect(ends).toBe(1);
      stream.send(Buffer.from('typed into nothing'));
      stream.control({ type: 'restart' });
      stream[Symbol.dispose]();
      expect(ends).toBe(1);
    }),
    { numRuns: 200 },
  );
});

/** A sandbox whose init says this, and then nothing. */
function saying(...pieces: Buffer[]): Duplex {
  const [init, server] = duplexPair();
  init.on('error', () => {});
  init.once('data', () => {
    for (const piece of pieces) init.write(piece);
  });
  init.resume();
  return server;
}

const json = fc.json().map((text) => encodeFrame(FrameKind.Control, Buffer.from(text)));

test('a question gets an answer, an error, or its time-out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(json, bytes), async (answer) => {
      const asked = askInit(saying(answer), { op: 'status' }, 50);
      const outcome = await asked.then(
        (value) => typeof value,
        (error: unknown) => error instanceof Error,
      );
      expect(['object', true]).toContain(outcome);
    }),
    { numRuns: 60 },
  );
});

test('a command’s end that is none is an error or a result, never a crash', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(json, bytes), async (answer) => {
      const duplex = saying(encodeControl({ ok: true }), answer);
      setTimeout(() => duplex.destroy(), 20);
      const run = runInSandbox(duplex, { op: 'exec', argv: ['true'] });
      await run.then(
        (result) => expect(result.stdout).toBeInstanceOf(Buffer),
        (error: unknown) => expect(error).toBeInstanceOf(Error),
      );
    }),
    { numRuns: 60 },
  );
});

test('only what is in the protocol passes for a terminal’s event', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(parseTerminalEvent(value)).toBeUndefined();
    }),
  );
  const attached = { type: 'attached', shell: 's', from: 0, replayTo: 0, cut: false, modes: '', columns: 80, rows: 24 };
  expect(parseTerminalEvent(attached)).toEqual(attached);
  for (const modes of ['\x1b]52;c;AAAA\x07', '\x1b[?25l\x1b[6n', '\x1bP$q\x1b\\', 'text', '\x1b[?25l'.repeat(500)]) {
    expect(parseTerminalEvent({ ...attached, modes })).toBeUndefined();
  }
  expect(parseTerminalEvent({ ...attached, html: '<b>' })).toBeUndefined();
});

test('a flood of output costs no more memory than one piece of it', () => {
  const frames = Buffer.concat(
    Array.from({ length: 16 }, () => encodeFrame(FrameKind.Data, Buffer.alloc(MAX_PAYLOAD_BYTES, 1))),
  );
  let seen = 0;
  const decoder = new FrameDecoder((_kind, payload) => (seen += payload.length));
  const before = process.memoryUsage.rss();
  for (let n = 0; n < 500; n++) decoder.push(frames);
  expect(seen).toBe(500 * 16 * MAX_PAYLOAD_BYTES);
  expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
});

test('a control frame that comes byte by byte and never ends is bounded by its length', () => {
  const decoder = new FrameDecoder(() => {});
  const header = Buffer.from([1, 0, 1, 0, 0]);
  const before = process.memoryUsage();
  for (let n = 0; n < 20; n++) {
    const one = new FrameDecoder(() => {});
    one.push(header);
    for (let at = 0; at < MAX_PAYLOAD_BYTES - 1; at++) one.push(Buffer.from([65]));
  }
  decoder.push(header);
  const after = process.memoryUsage();
  expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(256 * 1024 * 1024);
});

test('who waits for init to take what was sent is called back, however little that was', async () => {
  for (const size of [1, 1000, 200_000]) {
    const held: (() => void)[] = [];
    const duplex = new Duplex({ read() {}, write: (_chunk, _encoding, taken) => void held.push(taken) });
    const stream = new InitStream(duplex, { op: 'terminal', name: 'main', columns: 80, rows: 24 }, {});
    stream.send(Buffer.alloc(size));
    expect(stream.pending).toBeGreaterThan(0);
    let called = 0;
    stream.drained(() => called++);
    await sleep(5);
    expect(called).toBe(0);
    for (let turn = 0; turn < 50; turn++) {
      held.shift()?.();
      await sleep(0);
    }
    expect(stream.pending).toBe(0);
    expect(called, `after ${size} bytes`).toBe(1);
    stream[Symbol.dispose]();
  }
});
