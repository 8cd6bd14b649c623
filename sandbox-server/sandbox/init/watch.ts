/** What happens in all terminals of one sandbox that runs: commands that end, prompts that come. */
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { HeldStream } from './held-stream.ts';

/** A terminal's name, as `init` takes it. */
const terminal = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

const watchEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('command-ended'),
    terminal,
    /** Null where the shell's marks do not tell it. */
    status: z.number().int().min(0).max(255).nullable(),
  }),
  z.strictObject({
    type: z.literal('prompt'),
    terminal,
    waiting: z.boolean(),
    /** False where no marks tell it. */
    sure: z.boolean(),
  }),
]);

/** It comes out of the sandbox: it moves something, and proves nothing. */
export type WatchEvent = z.infer<typeof watchEvent>;

export interface WatchOptions {
  /** A new stream to the sandbox's `init`. */
  connect: () => Promise<Duplex>;
  /** Watching has begun, for the first time or again: what happened before was not told. */
  onOpen?: () => void;
  /** How each terminal's prompt stands comes first. For whoever is slow, of prompts only the newest is kept. */
  onEvent: (event: WatchEvent) => void;
  log: { debug(fields: object, text: string): void };
}

/**
 * A program can print marks as fast as it can print. More than a person causes by the fastest typing and pasting is taken
 * only now and then, and of what comes meanwhile `init` keeps the newest.
 */
const PACE = { messages: 64, ms: 500 };

/** Watches until disposed. What does not fit is dropped. */
export class Watch implements Disposable {
  private readonly stream: HeldStream;

  constructor({ onEvent, ...options }: WatchOptions) {
    this.stream = new HeldStream({
      ...options,
      request: { op: 'watch' },
      pace: PACE,
      onControl: (message) => {
        const event = watchEvent.safeParse(message).data;
        if (event) onEvent(event);
      },
    });
  }

  [Symbol.dispose](): void {
    this.stream[Symbol.dispose]();
  }
}
