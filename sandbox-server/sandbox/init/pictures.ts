/** A sandbox that runs, as it is: pictures of it, each when it is another than the one before. */
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { NAMESPACE_KINDS, type PictureBox, type SandboxPicture } from '../../protocol/figure.ts';
import { HeldStream } from './held-stream.ts';

/** More than `init` lists, in all boxes together; a picture that holds more is none of ours. */
const MAX_BOXES = 32;
const MAX_PROCESSES = 64;
const MAX_NESTING = 6;

/** No control character, no mark that turns text around, no half of a pair. */
const name = (length: number) =>
  z
    .string()
    .max(length)
    .regex(/^\P{C}*$/u);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const processNumber = z
  .number()
  .int()
  .min(0)
  .max(2 ** 22);

const process = z.strictObject({
  number: processNumber,
  inside: processNumber,
  parent: processNumber,
  user: name(32),
  command: name(64),
  ended: z.boolean().exactOptional(),
  unknown: z.boolean().exactOptional(),
});

/** Nested no deeper than `init` nests them: what comes out of a sandbox must not choose how deep a stack gets. */
function boxWithin(depth: number): z.ZodType<PictureBox> {
  return z.strictObject({
    own: z.partialRecord(z.enum(NAMESPACE_KINDS), count),
    container: z.strictObject({ name: name(64), image: name(128) }).exactOptional(),
    processes: z.array(process).max(MAX_PROCESSES),
    more: count.exactOptional(),
    boxes: depth === 0 ? z.array(z.never()) : z.array(boxWithin(depth - 1)).max(MAX_BOXES),
    moreBoxes: count.exactOptional(),
  });
}

const sandboxPicture: z.ZodType<SandboxPicture> = z.strictObject({
  kernel: name(64),
  hostname: name(64),
  use: z.strictObject({
    memoryBytes: count,
    memoryLimit: count,
    processes: count,
    processesLimit: count,
    cpu: count,
  }),
  engine: z.strictObject({ since: count.nullable() }).nullable(),
  box: boxWithin(MAX_NESTING),
});

export interface PicturesOptions {
  /** A new stream to the sandbox's `init`. */
  connect: () => Promise<Duplex>;
  onPicture: (picture: SandboxPicture) => void;
  log: { debug(fields: object, text: string): void };
}

/** `init` draws four a second at most. */
const PACE = { messages: 8, ms: 1000 };

/** Has it drawn until disposed. What does not fit is dropped. */
export class Pictures implements Disposable {
  private readonly stream: HeldStream;

  constructor({ onPicture, ...options }: PicturesOptions) {
    this.stream = new HeldStream({
      ...options,
      request: { op: 'picture' },
      pace: PACE,
      onControl: (message) => {
        const picture = sandboxPicture.safeParse(message).data;
        if (picture) onPicture(picture);
      },
    });
  }

  [Symbol.dispose](): void {
    this.stream[Symbol.dispose]();
  }
}
