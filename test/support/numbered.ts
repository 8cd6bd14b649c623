/** A program that prints numbered lines and every line that it is given, and what came of it at a page. */
import { expect } from 'vitest';
import type { PageTerminal } from './page-terminal.ts';

/** 200 lines a second: what waits while a server starts stays far below what `init` holds. Ends when it is given `end`. */
const PROGRAM = `stty raw -echo; perl -e '$| = 1; my $b = ""; for (my $n = 0; ; $n++) { print "line-$n\\n"; my $r = ""; vec($r, 0, 1) = 1; next unless select($r, undef, undef, 0.005); sysread(STDIN, $b, 4096, length $b); while ($b =~ s/^(.*?)\\n//) { print "in-$1\\n"; exit if $1 eq "end" } }'; stty sane\n`;

const TYPE_EVERY_MS = 40;

export class Numbered implements Disposable {
  private readonly page: PageTerminal;
  private readonly typing: NodeJS.Timeout;
  private typed = 0;

  private constructor(page: PageTerminal) {
    this.page = page;
    this.typing = setInterval(() => {
      if (page.type(`${this.typed}\n`)) this.typed++;
    }, TYPE_EVERY_MS);
  }

  /** Starts the program in the terminal, and goes on typing numbers. */
  static async start(page: PageTerminal): Promise<Numbered> {
    await expect.poll(() => page.text, { timeout: 20_000 }).toMatch(/\$ /);
    page.type(PROGRAM);
    await expect.poll(() => page.text, { timeout: 20_000 }).toMatch(/line-10\n/);
    return new Numbered(page);
  }

  async end(): Promise<void> {
    clearInterval(this.typing);
    await expect.poll(() => this.page.connected, { timeout: 20_000 }).toBe(true);
    this.page.type('end\n');
    await expect.poll(() => this.page.text.slice(-4000), { timeout: 20_000 }).toMatch(/in-end\n/);
  }

  [Symbol.dispose](): void {
    clearInterval(this.typing);
  }

  /** Every byte that the program printed, once and in order; of what was typed, what arrived, once and in order. */
  check(what: string): { lines: number; typed: number; arrived: number } {
    return { ...checkNumbered(this.page, what), typed: this.typed };
  }
}

/** The same of any page that looks at the terminal. */
export function checkNumbered(page: PageTerminal, what: string): { lines: number; arrived: number } {
  const { text } = page;
  const stream = text.slice(text.indexOf('line-0\n'), text.indexOf('in-end\n'));
  let line = 0;
  let before = -1;
  let arrived = 0;
  for (const each of stream.split('\n').slice(0, -1)) {
    const [kind, number] = each.split('-') as [string, string];
    if (kind === 'in') {
      expect(Number(number), `${what}: what was typed`).toBeGreaterThan(before);
      before = Number(number);
      arrived++;
    } else if (each !== `line-${line++}`) {
      expect.fail(`${what}: ${JSON.stringify(each)} came where line-${line - 1} belongs`);
    }
  }
  return { lines: line, arrived };
}
