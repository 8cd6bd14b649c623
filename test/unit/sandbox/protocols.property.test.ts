import { Duplex, duplexPair } from 'node:stream';
import { join, normalize } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeControl, encodeFrame, FrameDecoder, FrameError } from '../../../sandbox-server/sandbox/init/decoder.ts';
import { FRAME_HEADER_BYTES, FrameKind, MAX_PAYLOAD_BYTES } from '../../../sandbox-server/sandbox/init/frames.ts';
import { Pictures } from '../../../sandbox-server/sandbox/init/pictures.ts';
import { readLines, writeLine } from '../../../sandbox-server/sandbox/oci/lines.ts';
import { supervisorAnswer, supervisorRequest } from '../../../sandbox-server/sandbox/oci/protocol.ts';
import type { SandboxPicture } from '../../../sandbox-server/protocol/figure.ts';
import { anyText, MANY, nearly, pieces, SOME, textOf } from '../../support/properties.ts';

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));

/** Whether a header says what no frame may be. */
function breaksRules(stream: Buffer): boolean {
  for (let at = 0; at + FRAME_HEADER_BYTES <= stream.length;) {
    const length = stream.readUInt32BE(at + 1);
    if (stream[at]! > FrameKind.ErrorData || length > MAX_PAYLOAD_BYTES) return true;
    at += FRAME_HEADER_BYTES + length;
  }
  return false;
}

test('whatever bytes come from a sandbox, they are frames that fit or one typed error', () => {
  const header = fc.tuple(fc.nat(4), fc.oneof(fc.nat(300), fc.nat(0xffffffff))).map(([kind, length]) => {
    const head = Buffer.alloc(5);
    head[0] = kind;
    head.writeUInt32BE(length, 1);
    return head;
  });
  const stream = fc
    .array(
      fc.oneof(
        header,
        bytes,
        bytes.map((payload) => encodeFrame(FrameKind.Control, payload)),
      ),
      { maxLength: 10 },
    )
    .map(Buffer.concat);
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 10 }), (whole, cuts) => {
      let [given, refused] = [0, false];
      const decoder = new FrameDecoder((kind, payload) => {
        expect([0, 1, 2]).toContain(kind);
        expect(payload.length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
        given += payload.length;
      });
      try {
        for (const piece of pieces(whole, cuts)) decoder.push(piece);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
        refused = true;
      }
      expect(refused).toBe(breaksRules(whole));
      expect(given).toBeLessThanOrEqual(whole.length);
    }),
    MANY,
  );
});

const ID = '0123456789abcdefghjkmnpqrs';
const name = fc.oneof(textOf('image', '-', '.', '..', '/', ID, '\u0000', 'A', '\n'), {
  weight: 2,
  arbitrary: fc.constantFrom('layer', 'a.b', ID),
});
const count = fc.oneof(fc.constantFrom(0, -1, 1, 0.5, 1e9, 2 ** 60, 2 ** 31), fc.integer());
const number = fc.oneof({ weight: 4, arbitrary: fc.nat() }, count);
const limits = nearly({
  memoryBytes: count,
  cpus: count,
  processes: count,
  diskBytes: count,
  inodes: count,
  openFiles: count,
  diskBytesPerSecond: count,
});
const spec = nearly({
  image: name,
  profile: fc.constantFrom('standard', 'containers', 'privileged'),
  hostname: name,
  limits,
  layers: fc.array(name, { maxLength: 3 }),
});
const request = fc.oneof(
  nearly({ n: number, op: fc.constant('create'), id: fc.constant(ID), spec }),
  nearly({
    n: number,
    op: fc.constantFrom('start', 'freeze', 'thaw', 'stop', 'destroy', 'status', 'stats', 'exec'),
    id: name,
  }),
  nearly({ n: number, op: fc.constant('snapshot'), id: fc.constant(ID), layer: name }),
  nearly({ n: number, op: fc.constantFrom('removeLayer', 'list', 'layers'), layer: name }),
);

test('whatever the gateway asks of the supervisor, a name in it is one folder’s and no path', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: request }, fc.jsonValue()), (said) => {
      const asked = supervisorRequest.safeParse(said).data;
      if (asked === undefined) return;
      taken++;
      expect(asked).toEqual(said);
      const names = [
        ...('id' in asked ? [asked.id] : []),
        ...('layer' in asked ? [asked.layer] : []),
        ...('spec' in asked ? [asked.spec.image, ...(asked.spec.layers ?? [])] : []),
      ];
      for (const each of names) {
        expect(normalize(join('/base', each))).toBe(`/base/${each}`);
        expect(each).toMatch(/^[a-z0-9][a-z0-9._-]*$(?!\n)/);
      }
      if ('spec' in asked)
        for (const limit of Object.values(asked.spec.limits)) expect(limit > 0 && Number.isFinite(limit)).toBe(true);
    }),
    {
      ...MANY,
      examples: [
        [{ n: 1, op: 'start', id: `${ID}\n` }],
        [{ n: 1, op: 'removeLayer', layer: 'a\n' }],
        [{ n: 1, op: 'removeLayer', layer: '..' }],
      ],
    },
  );
  expect(taken).toBeGreaterThan(MANY.numRuns / 50);
});

test('whatever the supervisor answers, it is an answer as it stands or none', () => {
  const answer = fc.oneof(
    nearly({ n: number, ok: fc.constant(true), value: fc.jsonValue() }),
    nearly({
      n: number,
      ok: fc.constant(false),
      code: fc.constantFrom('unknown', 'no-room', 'other'),
      message: anyText,
    }),
  );
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: answer }, fc.jsonValue()), (said) => {
      const taken = supervisorAnswer.safeParse(said).data;
      if (taken !== undefined) expect(taken).toEqual(said);
    }),
    MANY,
  );
});

test('lines arrive as they were written, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 10 }),
      async (values, cuts) => {
        const [one, other] = duplexPair();
        const written: Buffer[] = [];
        one.on('data', (chunk: Buffer) => written.push(chunk));
        for (const value of values) writeLine(other, value);
        other.end();
        await new Promise((resolve) => one.once('end', resolve));
        const lines: string[] = [];
        const reading = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
        readLines(reading, (line) => lines.push(line));
        for (const piece of pieces(Buffer.concat(written), cuts)) reading.push(piece);
        reading.push(null);
        await new Promise((resolve) => reading.once('end', resolve));
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
          values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
        );
      },
    ),
    SOME,
  );
});

test('whatever picture a sandbox draws, a page is given it as it stands or not at all, with no name that acts', async () => {
  const text = fc.oneof(fc.constantFrom('bash', 'a\u202eb', '\u001b[31m', '<b>', 'x'.repeat(200), '\ud800'), anyText);
  const amount = fc.oneof(fc.nat(), count);
  const process = nearly({ number: amount, inside: amount, parent: amount, user: text, command: text });
  const box = (boxes: fc.Arbitrary<object>) =>
    nearly({
      own: fc.dictionary(fc.constantFrom('pid', 'net', 'other', '__proto__'), amount, { maxKeys: 3 }),
      processes: fc.array(process, { maxLength: 3 }),
      boxes: fc.array(boxes, { maxLength: 2 }),
    });
  const deep = Array.from({ length: 9 }).reduce<fc.Arbitrary<object>>(
    (inner) => fc.oneof(fc.constant({ own: {}, processes: [], boxes: [] }), box(inner)),
    fc.constant({}),
  );
  const picture = nearly({
    kernel: text,
    hostname: text,
    use: nearly({ memoryBytes: amount, memoryLimit: amount, processes: amount, processesLimit: amount, cpu: amount }),
    engine: fc.option(nearly({ since: fc.option(amount) })),
    box: deep,
  });
  await fc.assert(
    fc.asyncProperty(picture, async (drawn) => {
      const told: SandboxPicture[] = [];
      const [ours, theirs] = duplexPair();
      theirs.resume();
      const log = { debug: () => {} };
      using _pictures = new Pictures({ connect: async () => ours, onPicture: (each) => told.push(each), log });
      theirs.write(Buffer.concat([encodeControl({ ok: true }), encodeControl(drawn)]));
      theirs.end();
      await new Promise((resolve) => ours.once('close', resolve));
      if (told.length === 0) return;
      expect(told).toEqual([JSON.parse(JSON.stringify(drawn))]);
      expect(JSON.stringify(told)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|\\u00[01]/);
    }),
    SOME,
  );
});
