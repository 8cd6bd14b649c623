/** One connection of a program in a sandbox, carried over a stream of `init`: a socket to whoever serves it. */
import { Duplex } from 'node:stream';
import { InitStream } from '../sandbox/init/stream.ts';

/** Most in one frame, in bytes: `init` keeps a buffer of the largest frame for each connection. */
const PIECE_BYTES = 16 * 1024;

/** A connection that carries no byte for this long is closed, in milliseconds: Docker's own keep idle ones for 90 s. */
const IDLE_MS = 120_000;

export class ForwardedConnection extends Duplex {
  private readonly stream: InitStream;
  private readonly idle: NodeJS.Timeout;
  private heardAll = false;

  /** `carrier` is a new stream to the sandbox's `init`. */
  constructor(carrier: Duplex, ticket: string) {
    super({ allowHalfOpen: true });
    this.idle = setTimeout(() => this.destroy(), IDLE_MS).unref();
    this.stream = new InitStream(
      carrier,
      { op: 'accept', ticket },
      {
        onData: (bytes) => this.heard(bytes),
        onControl: (message) => {
          if ((message as { type?: unknown } | null)?.type === 'eof') this.heard(null);
        },
        // A reset is what programs see of a connection that breaks: no error that anybody could act on.
        onEnd: () => this.destroy(),
      },
    );
  }

  override _read(): void {
    this.stream.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.idle.refresh();
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) this.stream.send(chunk.subarray(at, at + PIECE_BYTES));
    this.stream.drained(done);
  }

  override _final(done: () => void): void {
    this.stream.control({ type: 'eof' });
    this.stream.drained(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.idle);
    this.stream[Symbol.dispose]();
    done(error);
  }

  private heard(bytes: Buffer | null): void {
    // What a sandbox sends after its end is garbage.
    if (this.heardAll || this.destroyed) return;
    this.idle.refresh();
    this.heardAll = bytes === null;
    if (!this.push(bytes)) this.stream.pause();
    // The end of the stream itself must be heard: nothing but it follows.
    if (this.heardAll) this.stream.resume();
  }
}
