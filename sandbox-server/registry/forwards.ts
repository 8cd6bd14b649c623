/**
 * The way out of one running sandbox: hears from its `init` of each connection that a program makes to the proxy, and
 * gives it to whoever serves it. Knows no HTTP and no registry.
 */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { InitStream } from '../sandbox/init/stream.ts';
import { ForwardedConnection } from './forwarded-connection.ts';

export interface ForwardsOptions {
  /** A new stream to the sandbox's `init`. */
  connect: () => Promise<Duplex>;
  serve: (connection: Duplex) => void;
  log: { debug(fields: object, text: string): void };
}

/** How long until a control stream that ended is opened again, in milliseconds; twice as long after each failure. */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 15_000;

/** As many as `init` holds at once; what asks for more is not ours. */
const MAX_CONNECTIONS = 64;

const dial = z.object({ type: z.literal('dial'), ticket: z.string().regex(/^[0-9a-f]{32}$/) });

/** Holds the control stream until disposed, opening it again whenever it ends; connections end with it. */
export class Forwards implements Disposable {
  private readonly options: ForwardsOptions;
  private readonly ending = new AbortController();
  private readonly connections = new Set<Duplex>();
  private asked = 0;

  constructor(options: ForwardsOptions) {
    this.options = options;
    void this.run();
  }

  [Symbol.dispose](): void {
    this.ending.abort();
    for (const connection of this.connections) connection.destroy();
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    let delay = FIRST_DELAY_MS;
    while (!signal.aborted) {
      const opened = await this.hold().catch((error: unknown) => {
        this.options.log.debug({ err: error }, 'the control stream of a sandbox could not be opened');
        return false;
      });
      delay = opened ? FIRST_DELAY_MS : Math.min(delay * 2, MAX_DELAY_MS);
      await sleep(delay, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** One control stream, from its opening to its end. Resolves to whether `init` took it. */
  private async hold(): Promise<boolean> {
    const { signal } = this.ending;
    const carrier = await this.options.connect();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    let opened = false;
    using stream = new InitStream(
      carrier,
      { op: 'forwards' },
      {
        onOpen: () => (opened = true),
        onControl: (message) => this.hear(message),
        onEnd: () => resolve(opened),
      },
    );
    const end = () => stream[Symbol.dispose]();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    return await promise.finally(() => signal.removeEventListener('abort', end));
  }

  private hear(message: unknown): void {
    const asked = dial.safeParse(message);
    if (!asked.success || this.asked >= MAX_CONNECTIONS) return;
    this.asked++;
    this.accept(asked.data.ticket).catch((error: unknown) => {
      this.asked--;
      this.options.log.debug({ err: error }, 'a connection of a sandbox could not be accepted');
    });
  }

  private async accept(ticket: string): Promise<void> {
    const carrier = await this.options.connect();
    const connection = new ForwardedConnection(carrier, ticket);
    this.connections.add(connection);
    connection.on('error', () => {});
    connection.once('close', () => {
      this.connections.delete(connection);
      this.asked--;
    });
    if (this.ending.signal.aborted) connection.destroy();
    else this.options.serve(connection);
  }
}
