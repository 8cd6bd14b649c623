/** Types commands into a sandbox's terminal as a page's run button does, and follows them to their end. */
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { encodeCommand } from '../protocol/typing.ts';
import type { Mark } from './marks.ts';
import { TerminalStream, type TerminalOptions } from './terminal-stream.ts';

/** What is typed; the shape of `TypedStep` in site/course/manifest.ts as far as a terminal is concerned. */
export interface TypedCommand {
  text: string;
  interrupt: boolean;
  background: boolean;
  opens: string | null;
}

/** What became of it. */
export type TypedOutcome =
  /** `status` is null where nothing tells it. */
  | { name: 'ended'; status: number | null }
  /** It goes on, and nothing waits for it. */
  | { name: 'started' }
  /** It led to another prompt: that of a program, or of a nested shell. `prompt` is the line that it stands in. */
  | { name: 'opened'; prompt: string }
  /** It was not typed: the terminal does not wait for a command. */
  | { name: 'no-prompt' }
  /** The shell waits for more: a quotation or a here-document is left open. */
  | { name: 'unfinished' }
  /** It has not ended, or has not come to the prompt that was named, when the time was over. */
  | { name: 'no-end' }
  /** The terminal's shell itself ended. */
  | { name: 'shell-ended'; status: number | null };

export interface TypedOutput {
  bytes: Buffer;
  /** It holds what was typed too, as the terminal echoes it: where no marks tell the two apart. */
  echoed: boolean;
}

export interface TypingLimits {
  /** How long the terminal may take to wait for a command, in milliseconds. */
  promptMs: number;
  /** How long the command may take. */
  endMs: number;
}

export const TYPING_LIMITS: TypingLimits = { promptMs: 30_000, endMs: 120_000 };

const INTERRUPT = '\u0003';

/** A program without marks that has printed nothing for this long has printed its prompt; `init` waits for half of it. */
const QUIET_MS = 500;
/** What goes on in the background prints what it has to say at its start within this. */
const SETTLED_MS = 500;
/** A nested shell's prompt that is not the one that was named will not become it. */
const OTHER_PROMPT_MS = 1500;
/** A prompt follows the end of a command at once, unless something is run for it that waits. */
const PROMPT_MS = 2000;
/** A shell that reads a line draws its prompt anew at once. */
const AGAIN_MS = 1000;
/** A shell with marks tells at once that a command runs; if it does not, it waits for more of it. */
const UNFINISHED_MS = 5000;

export class Typist implements Disposable {
  readonly #terminal: TerminalStream;
  /** How the prompt ends of a program that has no marks, while one is known to be in the foreground. */
  #promptEnd: string | null = null;

  /** Something was typed: what the terminal printed before that is not looked at any more. */
  #began = false;

  private constructor(terminal: TerminalStream) {
    this.#terminal = terminal;
  }

  /** Attaches to the terminal of this name; its shell starts where none runs. */
  static async open(connect: () => Promise<Duplex>, name: string, options: TerminalOptions = {}): Promise<Typist> {
    return new Typist(await TerminalStream.open(connect, name, options));
  }

  /** Types one block and follows it. Rejects where the terminal is lost, or the signal was aborted. */
  async run(command: TypedCommand, limits: TypingLimits = TYPING_LIMITS): Promise<TypedOutcome> {
    const terminal = this.#terminal;
    if (terminal.exited) return { name: 'shell-ended', status: terminal.exited.status };
    if (command.interrupt && !(await this.#interrupt(limits.promptMs))) return { name: 'no-prompt' };
    const ready = await terminal.until(() => this.#atPrompt(), limits.promptMs);
    if (ready === undefined) return { name: 'no-prompt' };
    // Where there are no marks, the command has ended when the same prompt stands there again.
    const marked = terminal.prompt.sure;
    this.#promptEnd = marked ? null : (this.#promptEnd ?? endOfPrompt(terminal.lastLine));
    this.#began = true;
    terminal.begin();
    terminal.type(encodeCommand(command.text, terminal.bracketed));
    const outcome = await this.#follow(command, marked, limits.endMs);
    if (outcome.name === 'opened') this.#promptEnd = command.opens ?? endOfPrompt(outcome.prompt);
    return outcome;
  }

  /** What the last command has printed so far. What goes on in the background may print more. */
  output(): TypedOutput {
    const { printed, marks } = this.#terminal;
    const from = marks.find(({ kind }) => kind === 'C')?.end;
    const to = marks.findLast(({ kind }) => kind === 'D')?.start;
    return { bytes: printed.subarray(from ?? 0, to), echoed: from === undefined && to === undefined };
  }

  /** Waits until nothing is printed for a moment, but not for long: what ended has a prompt after it then. */
  async settle(): Promise<void> {
    const terminal = this.#terminal;
    await terminal.until(() => terminal.quietMs >= SETTLED_MS || undefined, 2 * SETTLED_MS);
  }

  /** The last lines of what the terminal printed, as text without colours. */
  lastLines(count: number): string {
    return this.#terminal.lastLines(count);
  }

  [Symbol.dispose](): void {
    this.#terminal[Symbol.dispose]();
  }

  /**
   * Ctrl-C, until the shell shows a prompt anew: what is typed before that is lost. A shell that is about to show its
   * prompt is left to do so: one that starts would end of it, another may go on to its prompt without a word.
   */
  async #interrupt(ms: number): Promise<boolean> {
    const terminal = this.#terminal;
    await terminal.until(() => !this.#aboutToPrompt() || undefined, Math.min(ms, PROMPT_MS));
    this.#began = true;
    terminal.begin();
    terminal.type(INTERRUPT);
    let pressed = performance.now();
    const back = () => {
      if (terminal.marks.some(({ kind }) => kind === 'D')) return true;
      if (terminal.hasPrinted && !terminal.prompt.sure && this.#atPrompt()) return true;
      // A bash that was just about to read its first key has heard it, and acts on it at the next.
      if (terminal.bracketed && performance.now() - pressed >= AGAIN_MS) {
        terminal.type(INTERRUPT);
        pressed = performance.now();
      }
      return undefined;
    };
    return (await terminal.until(back, ms)) === true;
  }

  /** Whether a command has ended, or the shell begins, and the prompt is not there yet. */
  #aboutToPrompt(): boolean {
    const { marks, prompt } = this.#terminal;
    const last = marks.at(-1)?.kind;
    return last === undefined ? !this.#began && !prompt.waiting : last === 'D' || last === 'A';
  }

  #atPrompt(): true | undefined {
    const { prompt, quietMs, lastLine } = this.#terminal;
    if (!prompt.waiting) return undefined;
    if (prompt.sure) return true;
    return quietMs >= QUIET_MS && (this.#promptEnd === null || lastLine.endsWith(this.#promptEnd)) ? true : undefined;
  }

  async #follow(command: TypedCommand, marked: boolean, ms: number): Promise<TypedOutcome> {
    const terminal = this.#terminal;
    let unfinished = false;
    const timer = setTimeout(() => (unfinished = true), UNFINISHED_MS);
    const find = (): TypedOutcome | undefined => {
      const { marks, exited, quietMs, prompt, lastLine } = terminal;
      const end = marks.findLast(({ kind }) => kind === 'D');
      if (end) return { name: 'ended', status: statusOf(marks, end) };
      if (exited) return { name: 'shell-ended', status: exited.status };
      const nested = promptAfterStart(marks);
      if (command.opens !== null) {
        // Until the Enter comes back, the prompt that stands there is the one that it was typed at.
        const there = terminal.hasPrintedLine && lastLine.endsWith(command.opens) && quietMs >= QUIET_MS;
        return there || (nested && quietMs >= OTHER_PROMPT_MS) ? { name: 'opened', prompt: lastLine } : undefined;
      }
      if (nested) return { name: 'opened', prompt: lastLine };
      const started = marked ? marks.some(({ kind }) => kind === 'C') : terminal.hasPrinted;
      if (command.background) return started && quietMs >= SETTLED_MS ? { name: 'started' } : undefined;
      if (marked) return unfinished && !started ? { name: 'unfinished' } : undefined;
      return started && prompt.waiting && this.#atPrompt() ? { name: 'ended', status: null } : undefined;
    };
    try {
      return (await terminal.until(find, ms)) ?? { name: 'no-end' };
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * The status of a block: that of its last command, or where that is 0, of the first before it that failed. Of commands
 * that are pasted at once each start tells how the one before ended; after a prompt it tells of another block.
 */
function statusOf(marks: readonly Mark[], end: Mark): number | null {
  if (end.status !== 0) return end.status;
  const failed = marks.find(({ kind, status }, at) => kind === 'C' && marks[at - 1]?.kind === 'C' && status !== 0);
  return failed?.status ?? 0;
}

/** Whether a prompt was shown while a command runs: that of a shell which the command started. */
function promptAfterStart(marks: readonly Mark[]): boolean {
  const start = marks.findIndex(({ kind }) => kind === 'C');
  return start >= 0 && marks.slice(start).some(({ kind }) => kind === 'B');
}

/** What stays of a prompt when the directory in it changes: its last sign and the space behind it. */
export function endOfPrompt(line: string): string {
  return /\S?\s*$/.exec(line)![0];
}
