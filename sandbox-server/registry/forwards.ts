/**
 * The way out of one running sandbox: hears from its `init` of each connection that a program makes to the proxy, and
 * gives it to whoever serves it. Knows no HTTP and no registry.
 */
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { HeldStream } from '../sandbox/init/held-stream.ts';
import { ForwardedConnection } from './forwarded-connection.ts';

export interface ForwardsOptions {
  /** A new stream to the sandbox's `init`. */
  connect: () => Promise<Duplex>;
  serve: (connection: Duplex) => void;
  log: { debug(fields: object, text: string): void };
}

/** As many as `init` holds at once; what asks for more is not ours. */
const MAX_CONNECTIONS = 64;

const dial = z.object({ type: z.literal('dial'), ticket: z.string().regex(/^[0-9a-f]{32}$/) });

/** Holds the control stream until disposed; connections end with it. */
export class Forwards implements Disposable {
  private readonly options: ForwardsOptions;
  private readonly control: HeldStream;
  private readonly connections = new Set<Duplex>();
  private asked = 0;
  private ended = false;

  constructor(options: ForwardsOptions) {
    this.options = options;
    const { connect, log } = options;
    this.control = new HeldStream({
      connect,
      request: { op: 'forwards' },
      onControl: (message) => this.hear(message),
      log,
    });
  }

  [Symbol.dispose](): void {
    this.ended = true;
    this.control[Symbol.dispose]();
    for (const connection of this.connections) connection.destroy();
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
    if (this.ended) connection.destroy();
    else this.options.serve(connection);
  }
}
