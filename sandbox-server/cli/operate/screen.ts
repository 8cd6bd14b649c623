/** A terminal's other screen, drawn anew in place; the one before comes back when it is disposed of, however that is. */
import type { ReadStream, WriteStream } from 'node:tty';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';

export class Screen implements Disposable {
  private readonly output: WriteStream;
  private readonly keys: ReadStream | undefined;
  private readonly onKeys: (bytes: Buffer) => void;

  /** `end`: the operator wants it to end, by `q` or Ctrl-C. */
  constructor(output: WriteStream, keys: ReadStream | undefined, end: () => void) {
    this.output = output;
    this.keys = keys;
    this.onKeys = (bytes) => {
      // Raw, Ctrl-C is a key; so what is typed does not show on the screen.
      if (/[qQ\x03\x04]/.test(bytes.toString('latin1'))) end();
    };
    keys?.setRawMode(true).on('data', this.onKeys).resume();
    output.write(ENTER);
  }

  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, this.output.rows || 24);
    this.output.write(`\x1b[H${shown.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`);
  }

  [Symbol.dispose](): void {
    this.output.write(LEAVE);
    this.keys?.off('data', this.onKeys).setRawMode(false).pause();
  }
}
