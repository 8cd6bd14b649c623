/** What a terminal's output says beside its text: the shell's marks (OSC 133), and whether a paste is to be bracketed. */

export interface Mark {
  /** `A` and `B` stand around a prompt, `C` before a command's output, `D` after it. */
  kind: 'A' | 'B' | 'C' | 'D';
  /** Of a `D` the exit status, of a `C` that of the command before it; null where it tells none. */
  status: number | null;
  /** Where its sequence begins and ends, in bytes since the reader began or was told to begin anew. */
  start: number;
  end: number;
}

const SEQUENCE = /\x1b\]133;([ABCD])(?:;([^\x07\x1b]*))?(?:\x07|\x1b\\)|\x1b\[\?2004([hl])/g;

/** Longer than any of the sequences above: how much of the end may be the beginning of one. */
const LONGEST = 64;

/** Most marks that are kept: a program that floods them loses the oldest. */
const MAX_MARKS = 4096;

export class MarkReader {
  readonly marks: Mark[] = [];
  /** Whether the program in the terminal asks for bracketed paste (DECSET 2004). */
  bracketed = false;
  #position = 0;
  /** The end of what came before, as one character for each byte. */
  #rest = '';

  push(bytes: Buffer): void {
    const text = this.#rest + bytes.toString('latin1');
    const first = this.#position - this.#rest.length;
    this.#position += bytes.length;
    let done = 0;
    for (const match of text.matchAll(SEQUENCE)) {
      done = match.index + match[0].length;
      if (match[3] !== undefined) this.bracketed = match[3] === 'h';
      else this.#mark(match[1] as Mark['kind'], match[2], first + match.index, first + done);
    }
    const escape = text.lastIndexOf('\x1b');
    this.#rest = escape >= done && text.length - escape < LONGEST ? text.slice(escape) : '';
  }

  /** Forgets the marks, and counts from here. */
  begin(): void {
    this.marks.length = 0;
    this.#position = 0;
    this.#rest = '';
  }

  #mark(kind: Mark['kind'], rest: string | undefined, start: number, end: number): void {
    if (this.marks.length >= MAX_MARKS) this.marks.shift();
    const status = /^\d{1,3}$/.test(rest ?? '') ? Number(rest) : null;
    this.marks.push({ kind, status, start, end });
  }
}
