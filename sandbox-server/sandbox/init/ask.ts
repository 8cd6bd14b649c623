/** Requests to `init` that have an end: a question, a command, an archive. */
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { ExecRequest, StreamRequest } from './frames.ts';
import { InitStream } from './stream.ts';

/** Sends a request that `init` answers with one frame; resolves to the answer. Rejects after `timeoutMs`. */
export function askInit(
  duplex: Duplex,
  request: StreamRequest & { op: 'status' | 'kill-all' | 'close' | 'save' },
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
  /** It was killed because it printed more than it may. */
  flooded: boolean;
  stdout: Buffer;
  stderr: Buffer;
}

/** Most that is kept of each of a command's outputs, in bytes; what is beyond is dropped. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/** The last frame of a command: it comes out of the sandbox. */
const ended = z.object({
  type: z.literal('ended'),
  status: z.number().int().nullable(),
  signal: z.string().max(64).nullable(),
  timedOut: z.boolean(),
  flooded: z.boolean(),
});

/** Bytes, or what gives them piece by piece once they are wanted: no more of it is held than the sandbox takes. */
export type CommandInput = Uint8Array | (() => AsyncIterable<Uint8Array>);

/**
 * Runs a command in the sandbox to its end, or lays an archive (`input`). Rejects where the stream breaks before or the
 * input does, and with the signal's reason where that is aborted: the command's process group is then killed.
 */
export function runInSandbox(
  duplex: Duplex,
  request: ExecRequest | { op: 'unpack' },
  input: CommandInput = new Uint8Array(),
  signal?: AbortSignal,
): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const stdout = new Collected();
  const stderr = new Collected();
  const over = new AbortController();
  const stream = new InitStream(duplex, request, {
    onOpen: () => void feed(stream, input, over.signal).catch(reject),
    onData: (bytes) => stdout.add(bytes),
    onErrorData: (bytes) => stderr.add(bytes),
    onControl: (message) => {
      const how = ended.safeParse(message).data;
      if (!how) return reject(new Error('init said something else than how the command ended'));
      const { type: _, ...result } = how;
      resolve({ ...result, stdout: stdout.bytes(), stderr: stderr.bytes() });
    },
    onEnd: (error) => reject(error ?? new Error('the stream ended before the command did')),
  });
  const abort = () => reject(signal!.reason as Error);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  return promise.finally(() => {
    over.abort();
    signal?.removeEventListener('abort', abort);
    stream[Symbol.dispose]();
  });
}

/** Sends all of the input and its end, each piece when the one before was taken. */
async function feed(stream: InitStream, input: CommandInput, over: AbortSignal): Promise<void> {
  for await (const piece of typeof input === 'function' ? input() : [input]) {
    if (!stream.send(piece)) {
      await new Promise<void>((goOn) => {
        stream.drained(goOn);
        // What was destroyed never drains.
        over.addEventListener('abort', () => goOn(), { once: true });
      });
    }
    // Whoever gives the input is told by this that no more is wanted.
    if (over.aborted) return;
  }
  stream.control({ type: 'eof' });
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
