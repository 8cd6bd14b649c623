/** One terminal of a sandbox, attached: what it printed, its marks, whether it waits. Types nothing of its own. */
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { TerminalSize } from '../protocol/messages.ts';
import { InitStream } from '../sandbox/init/stream.ts';
import { parseTerminalEvent } from '../sandbox/init/terminal-events.ts';
import { MarkReader, type Mark } from './marks.ts';

export interface TerminalOptions {
  signal?: AbortSignal;
  /** Each piece of output as it comes, the replay of what was printed before included. */
  onPrinted?(bytes: Buffer): void;
  size?: TerminalSize;
}

/** As wide as a page on an ordinary screen has it; programs fit what they print into it. */
export const TYPIST_SIZE: TerminalSize = { columns: 100, rows: 30 };

/** Most output that is kept since `begin`; what comes first is what a lesson shows. */
const MAX_PRINTED_BYTES = 4 * 1024 * 1024;
/** The end of the output, which holds the prompt. */
const TAIL_BYTES = 4096;
/** How often a condition is looked at that silence alone can fulfil. */
const LOOK_MS = 50;

export class TerminalStream implements Disposable {
  prompt = { waiting: false, sure: false };
  exited: { status: number | null } | null = null;
  /** The stream's end; nothing comes any more. */
  lost: Error | null = null;
  readonly #marks = new MarkReader();
  readonly #waiting = new Set<() => void>();
  readonly #stream: InitStream;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = () => this.#changed();
  #printed: Buffer[] = [];
  #printedBytes = 0;
  #printedLine = false;
  #tail = Buffer.alloc(0);
  #lastPrinted = performance.now();
  #told = false;

  private constructor(duplex: Duplex, name: string, { signal, onPrinted, size = TYPIST_SIZE }: TerminalOptions) {
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort);
    this.#stream = new InitStream(
      duplex,
      { op: 'terminal', name, ...size },
      {
        onData: (bytes) => {
          this.#print(bytes);
          onPrinted?.(bytes);
          this.#changed();
        },
        onControl: (message) => {
          this.#hear(message);
          this.#changed();
        },
        onEnd: (error) => {
          this.lost = error ?? new Error('the connection to the terminal ended');
          this.#changed();
        },
      },
    );
  }

  /** Attaches; a shell that has ended is started again. */
  static async open(connect: () => Promise<Duplex>, name: string, options: TerminalOptions = {}) {
    const terminal = new TerminalStream(await connect(), name, options);
    try {
      await terminal.until(() => terminal.#told || terminal.exited !== null || undefined, ATTACH_MS);
      if (terminal.exited) await terminal.#restart();
    } catch (error) {
      terminal[Symbol.dispose]();
      throw error;
    }
    return terminal;
  }

  get bracketed(): boolean {
    return this.#marks.bracketed;
  }

  /** Since `begin`. */
  get marks(): readonly Mark[] {
    return this.#marks.marks;
  }

  /** For how long nothing was printed, in milliseconds. */
  get quietMs(): number {
    return performance.now() - this.#lastPrinted;
  }

  /** Whether anything was printed since `begin`. It is asked at each piece: a program may flood. */
  get hasPrinted(): boolean {
    return this.#printedBytes > 0;
  }

  /** Whether a line was ended since `begin`: where a command was typed, its Enter has come back. */
  get hasPrintedLine(): boolean {
    return this.#printedLine;
  }

  /** What was printed since `begin`, put together anew each time. */
  get printed(): Buffer {
    return Buffer.concat(this.#printed);
  }

  /** The line that the cursor is in, as text: at a prompt, the prompt. */
  get lastLine(): string {
    const line = this.lastLines(1);
    return line.slice(line.lastIndexOf('\r') + 1);
  }

  /** The end of the output as text without colours; an emulator would show it better. */
  lastLines(count: number): string {
    const text = stripVTControlCharacters(this.#tail.toString('utf8')).replaceAll(/\r+\n/g, '\n');
    return text.split('\n').slice(-count).join('\n');
  }

  /** Forgets what was printed so far. */
  begin(): void {
    this.#printed = [];
    this.#printedBytes = 0;
    this.#printedLine = false;
    this.#marks.begin();
  }

  type(text: string): void {
    this.#stream.send(Buffer.from(text));
  }

  /**
   * Waits until `find` finds something; looks when something came, and in between. Undefined: the time is over. Rejects
   * where the terminal is lost, or the signal was aborted.
   */
  async until<T>(find: () => T | undefined, ms: number): Promise<T | undefined> {
    const deadline = performance.now() + ms;
    for (;;) {
      this.#signal?.throwIfAborted();
      const found = find();
      if (found !== undefined) return found;
      if (this.lost) throw this.lost;
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      await this.#next(Math.min(left, LOOK_MS));
    }
  }

  [Symbol.dispose](): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#stream[Symbol.dispose]();
  }

  async #restart(): Promise<void> {
    this.exited = null;
    this.#told = false;
    this.#stream.control({ type: 'restart' });
    await this.until(() => this.#told || undefined, ATTACH_MS);
  }

  #next(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#waiting.add(resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(resolve);
    });
  }

  #changed(): void {
    for (const wake of this.#waiting) wake();
  }

  #print(bytes: Buffer): void {
    this.#lastPrinted = performance.now();
    this.#marks.push(bytes);
    this.#printedLine ||= bytes.includes('\n');
    const copy = Buffer.from(bytes);
    this.#tail = Buffer.concat([this.#tail, copy]).subarray(-TAIL_BYTES);
    if (this.#printedBytes >= MAX_PRINTED_BYTES) return;
    this.#printed.push(copy);
    this.#printedBytes += copy.length;
  }

  /** It comes out of a sandbox: what is not in the protocol was not said. */
  #hear(said: unknown): void {
    const message = parseTerminalEvent(said);
    switch (message?.type) {
      case 'prompt':
        this.prompt = { waiting: message.waiting, sure: message.sure };
        this.#told = true;
        break;
      case 'exited':
        this.exited = { status: message.status };
        break;
      case 'attached':
        // A new shell, or the first: what the one before asked for does not hold.
        this.#marks.bracketed = message.modes.includes('\x1b[?2004h');
        break;
      default:
    }
  }
}

/** A shell starts in milliseconds; on a machine where this is not enough nothing else is. */
const ATTACH_MS = 15_000;
