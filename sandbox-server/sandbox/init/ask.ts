/** Requests to `init` that have an end: a question, a command, an archive. */
import type { Duplex } from 'node:stream';
import type { StreamRequest } from './frames.ts';
import { InitStream } from './stream.ts';

/** Sends a request that `init` answers with one frame; resolves to the answer. Rejects after `timeoutMs`. */
export function askInit(
  duplex: Duplex,
  request: StreamRequest & { op: 'status' | 'kill-all' | 'close' },
  timeoutMs: number,
): Promise<Record<string, unknown>> {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  const timer = setTimeout(() => stream[Symbol.dispose](), timeoutMs);
  const stream = new InitStream(duplex, request, {
    onOpen: resolve,
    onEnd: (error) => reject(error ?? new Error(`init did not answer within ${timeoutMs} ms`)),
  });
  return promise.finally(() => {
    clearTimeout(timer);
    stream[Symbol.dispose]();
  });
}

export interface CommandResult {
  /** Exit status, or null where a signal ended the command. */
  status: number | null;
  signal: string | null;
  timedOut: boolean;
  stdout: Buffer;
  stderr: Buffer;
}

/** Most that is kept of each of a command's outputs, in bytes; what is beyond is dropped. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/** Runs a command in the sandbox to its end. Rejects where the stream breaks before. */
export function runInSandbox(
  duplex: Duplex,
  request: StreamRequest & { op: 'exec' },
  input?: Uint8Array,
): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const stdout = new Collected();
  const stderr = new Collected();
  const stream = new InitStream(duplex, request, {
    onOpen: () => {
      if (input) stream.send(input);
      stream.control({ type: 'eof' });
    },
    onData: (bytes) => stdout.add(bytes),
    onErrorData: (bytes) => stderr.add(bytes),
    onControl: (message) => {
      const { status, signal, timedOut } = message as {
        status: number | null;
        signal: string | null;
        timedOut: boolean;
      };
      resolve({ status, signal, timedOut, stdout: stdout.bytes(), stderr: stderr.bytes() });
    },
    onEnd: (error) => reject(error ?? new Error('the stream ended before the command did')),
  });
  return promise.finally(() => stream[Symbol.dispose]());
}

class Collected {
  private readonly pieces: Buffer[] = [];
  private size = 0;

  add(bytes: Buffer): void {
    if (this.size >= MAX_OUTPUT_BYTES) return;
    this.pieces.push(Buffer.from(bytes));
    this.size += bytes.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }
}
