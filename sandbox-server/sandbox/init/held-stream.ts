/** A stream on which `init` tells what happens: held open for as long as its sandbox runs, and opened again when it ends. */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamRequest } from './frames.ts';
import { InitStream } from './stream.ts';

export interface HeldStreamOptions {
  /** A new stream to the sandbox's `init`. */
  connect: () => Promise<Duplex>;
  request: StreamRequest;
  /** `init` took the request, for the first time or again: what it told in between is lost. */
  onOpen?: () => void;
  /** What it holds comes out of a sandbox: untrusted. */
  onControl: (message: unknown) => void;
  /** So many messages are taken within so many milliseconds; what comes faster waits with `init`. */
  pace?: { messages: number; ms: number };
  log: { debug(fields: object, text: string): void };
}

/** How long until a stream that ended is opened again, in milliseconds; twice as long after each failure. */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 15_000;

/** Holds the stream until disposed. */
export class HeldStream implements Disposable {
  private readonly options: HeldStreamOptions;
  private readonly ending = new AbortController();

  constructor(options: HeldStreamOptions) {
    this.options = options;
    void this.run();
  }

  [Symbol.dispose](): void {
    this.ending.abort();
  }

  private async run(): Promise<void> {
    const { request, log } = this.options;
    const { signal } = this.ending;
    let delay = FIRST_DELAY_MS;
    while (!signal.aborted) {
      const opened = await this.hold().catch((error: unknown) => {
        log.debug({ err: error, op: request.op }, 'a stream of a sandbox could not be opened');
        return false;
      });
      delay = opened ? FIRST_DELAY_MS : Math.min(delay * 2, MAX_DELAY_MS);
      await sleep(delay, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** One stream, from its opening to its end. Resolves to whether `init` took it. */
  private async hold(): Promise<boolean> {
    const { connect, request, onOpen, onControl, pace } = this.options;
    const { signal } = this.ending;
    const carrier = await connect();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    let opened = false;
    let taken = 0;
    const take = (message: unknown) => {
      onControl(message);
      if (pace && taken++ === 0) setTimeout(goOn, pace.ms).unref();
      if (pace && taken >= pace.messages) stream.pause();
    };
    const goOn = () => {
      taken = 0;
      stream.resume();
    };
    using stream = new InitStream(carrier, request, {
      onOpen: () => {
        opened = true;
        onOpen?.();
      },
      onControl: take,
      onEnd: () => resolve(opened),
    });
    const end = () => stream[Symbol.dispose]();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    return await promise.finally(() => signal.removeEventListener('abort', end));
  }
}
