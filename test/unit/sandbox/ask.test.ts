import { duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import { runInSandbox } from '../../../sandbox-server/sandbox/init/ask.ts';
import { encodeControl, FrameDecoder } from '../../../sandbox-server/sandbox/init/decoder.ts';
import { FrameKind } from '../../../sandbox-server/sandbox/init/frames.ts';

const PIECE = 64 * 1024;
const PIECES = 512;
const ENDED = { type: 'ended', status: 0, signal: null, timedOut: false, flooded: false };

/** An `init` that takes the request and says yes, and no more until it is told to. */
function slowInit() {
  const [gateway, init] = duplexPair();
  const input = { given: 0, taken: 0, closed: false };
  async function* pieces() {
    try {
      for (; input.given < PIECES; input.given++) yield Buffer.alloc(PIECE);
    } finally {
      input.closed = true;
    }
  }
  init.once('data', () => {
    init.pause();
    init.write(encodeControl({ ok: true }));
  });
  const takeAll = () => {
    const decoder = new FrameDecoder((kind, payload) => {
      if (kind === FrameKind.Data) input.taken += payload.length;
      else init.end(encodeControl(ENDED));
    });
    init.on('data', (bytes: Buffer) => decoder.push(bytes));
    init.resume();
  };
  return { gateway, pieces, input, takeAll };
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

test('no more of an input is fetched than the sandbox takes, and all of it arrives', async () => {
  const { gateway, pieces, input, takeAll } = slowInit();
  const done = runInSandbox(gateway, { op: 'unpack' }, pieces);
  await turns(2 * PIECES);
  expect(input.given).toBeLessThan(8);
  takeAll();
  expect(await done).toMatchObject({ status: 0 });
  expect(input).toEqual({ given: PIECES, taken: PIECES * PIECE, closed: true });
});

test('an input that nobody wants any more is closed', async () => {
  const { gateway, pieces, input } = slowInit();
  const ending = new AbortController();
  const done = runInSandbox(gateway, { op: 'unpack' }, pieces, ending.signal);
  await turns(20);
  ending.abort(new Error('it takes too long'));
  await expect(done).rejects.toThrow('it takes too long');
  await turns(20);
  expect(input.closed).toBe(true);
});

test('an input that breaks is told', async () => {
  const { gateway } = slowInit();
  // oxlint-disable-next-line require-yield -- it breaks before its first piece
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    throw new Error('no such archive');
  };
  await expect(runInSandbox(gateway, { op: 'unpack' }, broken)).rejects.toThrow('no such archive');
});
