/** Somebody who types letter after letter at a prompt, as a person does. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TerminalClient } from './terminal.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** No line wraps on a terminal of 120 columns: a wrap costs the shell more than a letter. */
const KEYS_A_LINE = 40;
/** Erases the line, in the shell's line editor and in the kernel's alike. */
const CTRL_U = '\u0015';

export class Typist {
  /** How long each key took to come back, in milliseconds, since they were last taken. */
  private times: number[] = [];
  private readonly terminal: TerminalClient;
  private readonly stop = new AbortController();
  private readonly typing: Promise<void>;

  constructor(terminal: TerminalClient, pauseMs: number) {
    this.terminal = terminal;
    this.typing = this.type(pauseMs);
  }

  /** What was measured since the last call. */
  take(): number[] {
    const { times } = this;
    this.times = [];
    return times;
  }

  /** Rejects where a key did not come back. */
  async end(): Promise<void> {
    this.stop.abort();
    await this.typing;
  }

  private async type(pauseMs: number): Promise<void> {
    for (let n = 0; !this.stop.signal.aborted; n++) {
      // Not in step with the others.
      await sleep(pauseMs * (0.5 + Math.random()));
      if (n > 0 && n % KEYS_A_LINE === 0) {
        this.terminal.type(CTRL_U);
        continue;
      }
      const key = LETTERS[n % LETTERS.length]!;
      const seen = this.terminal.sees(key);
      const began = performance.now();
      this.terminal.type(key);
      this.times.push((await seen) - began);
    }
  }
}
