/** Terminal output as it looks: a terminal emulator without a display. */
// The package is CommonJS, without names that could be imported one by one.
import xterm from '@xterm/headless';
import { TYPIST_SIZE } from '../../lessons/terminal-stream.ts';

/** More than a lesson shows, and little memory. */
const SCROLLBACK_LINES = 5000;

export class EmulatedScreen implements Disposable {
  readonly #terminal = new xterm.Terminal({
    cols: TYPIST_SIZE.columns,
    rows: TYPIST_SIZE.rows,
    scrollback: SCROLLBACK_LINES,
    allowProposedApi: true,
  });

  write(bytes: Uint8Array): void {
    this.#terminal.write(bytes);
  }

  /** What is in the window now, without empty lines at its end. */
  async visible(): Promise<string> {
    await this.#parsed();
    const { baseY } = this.#terminal.buffer.active;
    return this.#lines(baseY).join('\n').trimEnd();
  }

  /** Everything that is held, with lines that only the window's width broke put together again. */
  async text(): Promise<string> {
    await this.#parsed();
    return this.#lines(0).join('\n').trimEnd();
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose();
  }

  #parsed(): Promise<void> {
    return new Promise((resolve) => this.#terminal.write('', resolve));
  }

  #lines(from: number): string[] {
    const { active } = this.#terminal.buffer;
    const lines: string[] = [];
    for (let y = from; y < active.length; y++) {
      const line = active.getLine(y)!;
      const next = active.getLine(y + 1);
      // What goes on in the next line fills this one to its end, spaces included.
      const text = line.translateToString(!next?.isWrapped);
      if (line.isWrapped && lines.length > 0) lines.push(lines.pop()! + text);
      else lines.push(text);
    }
    return lines;
  }
}

/** What bytes look like on an empty screen. */
export async function rendered(bytes: Uint8Array): Promise<string> {
  using screen = new EmulatedScreen();
  screen.write(bytes);
  return await screen.text();
}
