import { SHELLS, parseFence, type Fence } from './fence.ts';
import type { Mistake } from './problem.ts';

/** A shell script that lies beside index.md, cut into the words about it and what is run. */
export interface ScriptFile {
  fence: Fence | undefined;
  text: string;
  /** The line of the file that the text's first line is. */
  line: number;
  mistakes: readonly (Mistake & { line: number })[];
}

const SHEBANG = /^#!\s*(?:\/usr\/bin\/env\s+|\/(?:usr\/)?bin\/)(?:ba)?sh\s*$/;
const WORDS = /^#\s*slipway:\s*(?<words>.*)$/;

/**
 * Reads a script. `role` is what its name says (`setup live`); the words of a fence stand in its first line, `# slipway:
 * user=root timeout=30`, or in the second where the first names the shell.
 */
export function readScript(source: string, role: string, terminals: readonly string[]): ScriptFile {
  const rows = source.split(/\r?\n/);
  const mistakes: (Mistake & { line: number })[] = [];
  let at = 0;
  if (rows[0]?.startsWith('#!')) {
    if (!SHEBANG.test(rows[0])) mistakes.push({ line: 1, ...notShell(rows[0]) });
    at = 1;
  }
  const words = WORDS.exec(rows[at] ?? '')?.groups?.['words'];
  const parsed = parseFence(SHELLS[0]!, `${role} ${words ?? ''}`.trim(), terminals);
  if ('mistakes' in parsed) mistakes.push(...parsed.mistakes.map((mistake) => ({ line: at + 1, ...mistake })));
  if (words !== undefined) at += 1;
  const later = rows.findIndex((row, index) => index >= at && WORDS.test(row));
  if (later >= 0) mistakes.push({ line: later + 1, ...tooLate(rows[later]!) });
  const text = rows.slice(at).join('\n').trimEnd();
  if (!doesSomething(text)) mistakes.push({ line: at + 1, ...empty });
  return { fence: 'fence' in parsed ? parsed.fence : undefined, text, line: at + 1, mistakes };
}

/** Whether a script holds more than comments. */
export const doesSomething = (text: string) => /^\s*[^\s#]/m.test(text);

const notShell = (row: string): Mistake => ({
  what: `"${row}" names another program than a shell`,
  expected: 'a script for bash or sh, which is run by the sandbox’s own shell',
  mend: 'Write "#!/bin/bash", or nothing, and call the other program in the script.',
});

const tooLate = (row: string): Mistake => ({
  what: `"${row.trim()}" stands too late to be read`,
  expected: '"# slipway: …" as the first line of the script, once',
  mend: 'Move its words into the first line.',
});

const empty: Mistake = {
  what: 'the script does nothing',
  expected: 'at least one command',
  mend: 'Write it, or remove the file.',
};
