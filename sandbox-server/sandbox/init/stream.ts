/** One stream to a sandbox's `init`: the request goes out, the answer is checked, then frames. */
import type { Duplex } from 'node:stream';
import { requestField } from '../../request.ts';
import { FrameDecoder, encodeControl, encodeFrame } from './decoder.ts';
import { FrameKind, MAX_PAYLOAD_BYTES, type StreamAnswer, type StreamRequest, type TerminalControl } from './frames.ts';

export class InitRefused extends Error {
  override name = 'InitRefused';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface InitStreamEvents {
  /** The answer was `ok`; its other fields. */
  onOpen?(answer: Record<string, unknown>): void;
  onData?(bytes: Buffer): void;
  onErrorData?(bytes: Buffer): void;
  /** A control frame after the answer. What it holds is untrusted. */
  onControl?(message: unknown): void;
  /** The stream has ended; called once. `error` is set where it did not end in order. */
  onEnd?(error?: Error): void;
}

export class InitStream implements Disposable {
  private readonly duplex: Duplex;
  private readonly events: InitStreamEvents;
  private opened = false;
  private ended = false;

  constructor(duplex: Duplex, request: StreamRequest, events: InitStreamEvents) {
    this.duplex = duplex;
    this.events = events;
    const decoder = new FrameDecoder((kind, payload) => this.frame(kind, payload));
    duplex.on('data', (chunk: Buffer) => {
      try {
        if (!this.ended) decoder.push(chunk);
      } catch (error) {
        this.end(error as Error);
      }
    });
    duplex.once('error', (error) => this.end(error));
    duplex.once('close', () => this.end());
    duplex.once('end', () => this.end());
    duplex.write(`${JSON.stringify({ ...request, ...requestField() })}\n`);
  }

  /** Sends bytes: input of a terminal or a command. False: the other end is slow, wait for `drained`. */
  send(bytes: Uint8Array): boolean {
    let more = true;
    for (let at = 0; at < bytes.length && !this.ended; at += MAX_PAYLOAD_BYTES) {
      more = this.duplex.write(encodeFrame(FrameKind.Data, bytes.subarray(at, at + MAX_PAYLOAD_BYTES)));
    }
    return more;
  }

  /** Bytes that the other end has not taken yet. */
  get pending(): number {
    return this.duplex.writableLength;
  }

  /** `eof` ends a command's standard input. */
  control(message: TerminalControl | { type: 'eof' }): void {
    if (!this.ended) this.duplex.write(encodeControl(message));
  }

  /** Calls back once when all that was sent so far has been taken. */
  drained(then: () => void): void {
    // The event `drain` comes only after a write that was too much; this comes after any.
    this.duplex.write('', () => then());
  }

  /** Stops reading: `init` then holds the program that prints. */
  pause(): void {
    this.duplex.pause();
  }

  resume(): void {
    this.duplex.resume();
  }

  [Symbol.dispose](): void {
    this.end();
  }

  private frame(kind: FrameKind, payload: Buffer): void {
    if (this.ended) return;
    if (kind === FrameKind.Data && this.opened) return this.events.onData?.(payload);
    if (kind === FrameKind.ErrorData && this.opened) return this.events.onErrorData?.(payload);
    const message: unknown = JSON.parse(payload.toString('utf8'));
    if (this.opened) return this.events.onControl?.(message);
    const answer = message as Partial<StreamAnswer> | null;
    if (answer?.ok !== true)
      throw new InitRefused(String(answer?.code ?? 'failed'), String(answer?.message ?? 'no words'));
    this.opened = true;
    this.events.onOpen?.(answer);
  }

  private end(error?: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.duplex.destroy();
    this.events.onEnd?.(error);
  }
}
