import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameDecoder } from '../../../sandbox-server/sandbox/init/decoder.ts';
import { FrameKind } from '../../../sandbox-server/sandbox/init/frames.ts';

/** Read by the Go side's tests too. */
const FIXTURES = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/frames.json'), 'utf8')) as {
  title: string;
  kind: FrameKind;
  text: string;
  bytes: string;
}[];

function decode(chunks: Buffer[]): { kind: FrameKind; payload: Buffer }[] {
  const frames: { kind: FrameKind; payload: Buffer }[] = [];
  const decoder = new FrameDecoder((kind, payload) => frames.push({ kind, payload: Buffer.from(payload) }));
  for (const chunk of chunks) decoder.push(chunk);
  return frames;
}

test.each(FIXTURES)('$title is framed as init frames it', ({ kind, text, bytes }) => {
  expect(encodeFrame(kind, Buffer.from(text)).toString('hex')).toBe(bytes);
  const whole = Buffer.concat(decode([Buffer.from(bytes, 'hex')]).map((frame) => frame.payload));
  expect(whole.toString('utf8')).toBe(text);
});

test('however a stream is cut into chunks, its bytes arrive in order and its messages whole', () => {
  const frame = fc.record({
    kind: fc.constantFrom(FrameKind.Data, FrameKind.Control, FrameKind.ErrorData),
    payload: fc.uint8Array({ maxLength: 200 }),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), fc.array(fc.nat(50), { maxLength: 100 }), (frames, cuts) => {
      const stream = Buffer.concat(frames.map(({ kind, payload }) => encodeFrame(kind, payload)));
      const chunks: Buffer[] = [];
      let at = 0;
      for (const cut of cuts) {
        chunks.push(stream.subarray(at, at + cut));
        at += cut;
      }
      chunks.push(stream.subarray(at));
      const got = decode(chunks);
      for (const kind of [FrameKind.Data, FrameKind.ErrorData]) {
        const bytes = (list: { kind: FrameKind; payload: Uint8Array }[]) =>
          Buffer.concat(list.filter((each) => each.kind === kind).map((each) => each.payload)).toString('hex');
        expect(bytes(got)).toBe(bytes(frames));
      }
      const messages = (list: { kind: FrameKind; payload: Uint8Array }[]) =>
        list.filter((each) => each.kind === FrameKind.Control).map((each) => Buffer.from(each.payload).toString('hex'));
      expect(messages(got)).toEqual(messages(frames));
    }),
  );
});

test.each([
  ['an unknown kind', '0300000001'],
  ['a payload longer than 64 KiB', '0000010001'],
])('%s ends the stream', (_title, header) => {
  expect(() => decode([Buffer.from(header, 'hex')])).toThrow('frame of');
});
