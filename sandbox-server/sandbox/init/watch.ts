/** What happens in all terminals of one sandbox that runs: commands that end, prompts that come. */
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { REQUEST_ID } from '../../request.ts';
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
  z.strictObject({
    type: z.literal('problem'),
    op: z.string().regex(/^[a-z-]{0,20}$/),
    code: z.string().regex(/^[a-z-]{1,30}$/),
    /** The browser's request that it was refused for. */
    request: z.string().regex(REQUEST_ID).exactOptional(),
  }),
]);

/** It comes out of the sandbox: it moves something, and proves nothing. */
type Told = z.infer<typeof watchEvent>;
export type WatchEvent = Exclude<Told, { type: 'problem' }>;

export interface WatchOptions {
  /** A new stream to the sandbox's `init`. */
  connect: () => Promise<Duplex>;
  /** Watching has begun, for the first time or again: what happened before was not told. */
  onOpen?: () => void;
  /** How each terminal's prompt stands comes first. For whoever is slow, of prompts only the newest is kept. */
  onEvent: (event: WatchEvent) => void;
  /** Whose `init` it is, for the log. */
  sandbox: string;
  log: { debug(fields: object, text: string): void; warn(fields: object, text: string): void };
}

type Noted = Pick<WatchOptions, 'sandbox' | 'log'>;

/** Most of `init`'s problems that one watch logs in this many milliseconds: what it tells is untrusted. */
const LOGGED = { problems: 20, ms: 60_000 };

/**
 * A program can print marks as fast as it can print. More than a person causes by the fastest typing and pasting is taken
 * only now and then, and of what comes meanwhile `init` keeps the newest.
 */
const PACE = { messages: 64, ms: 500 };

/** Watches until disposed. What does not fit is dropped. */
export class Watch implements Disposable {
  private readonly stream: HeldStream;

  private logged = 0;
  private since = 0;

  constructor({ onEvent, sandbox, ...options }: WatchOptions) {
    this.stream = new HeldStream({
      ...options,
      request: { op: 'watch' },
      pace: PACE,
      onControl: (message) => {
        const event = watchEvent.safeParse(message).data;
        if (event?.type === 'problem') this.note(event, { sandbox, log: options.log });
        else if (event) onEvent(event);
      },
    });
  }

  /** `init` has no log of its own. */
  private note({ op, code, request }: Extract<Told, { type: 'problem' }>, { sandbox, log }: Noted): void {
    const now = performance.now();
    if (now - this.since >= LOGGED.ms) {
      this.since = now;
      this.logged = 0;
    }
    const fields = { sandbox, op, code, ...(request !== undefined && { request }) };
    if (++this.logged <= LOGGED.problems) log.warn(fields, 'init refused something');
  }

  [Symbol.dispose](): void {
    this.stream[Symbol.dispose]();
  }
}
