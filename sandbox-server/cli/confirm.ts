/** Asks before what cannot be undone. */
import { createInterface } from 'node:readline/promises';
import { Failure, type Report } from './plain/report.mjs';

export interface Question {
  /** What would happen. */
  what: string;
  why?: string;
  /** Typed, it is done. */
  word: string;
  /** How to say without a terminal that it is meant. */
  orElse: string;
  report: Report;
}

/** Resolves where it is meant. Rejects with a `Failure` where it is not, or where there is nobody to ask. */
export async function confirm({ what, why = '', word, orElse, report }: Question): Promise<void> {
  if (!process.stdin.isTTY) throw new Failure({ what, why, mend: orElse });
  report.note(what);
  if (why) report.note(why.replace(/^/gm, '  '));
  using terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Neither Ctrl-C nor Ctrl-D is an answer.
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const question = terminal.question(`Type "${word}" to do it: `).catch(() => '');
  if ((await Promise.race([question, ended])).trim() === word) return;
  throw new Failure({ what: 'Nothing was done.', mend: `Type ${word} when asked.` });
}
