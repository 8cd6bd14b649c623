import { isLanguage, LANGUAGES } from './languages.ts';
import { nearest, type Mistake } from './problem.ts';
import { wordsOf, type Word } from './words.ts';

/** What a fenced block is for, read from its info string. */
export type Fence = CommandFence | { kind: 'copy' } | { kind: 'output' };

/** A block with a run button. */
export interface CommandFence {
  kind: 'command';
  /** The terminal that it is typed into. */
  terminal: string;
  /** Ctrl-C is sent first. */
  interrupt: boolean;
  /** The exit status that is meant to come. */
  exit: number;
  /** It goes on (a server): nothing waits for its end. */
  background: boolean;
  /** It ends in another program's prompt, which ends with this text. */
  opens: string | undefined;
}

const SHELLS = ['sh', 'bash', 'shell'];
/** Words about a block's look; Expressive Code reads them. They fit every block. */
const LOOK = ['title', 'lines', 'mark', 'ins', 'del', 'wrap'];
const COMMAND_WORDS = ['terminal', 'interrupt', 'exit', 'background', 'opens'];

/**
 * Reads a fence's language and what follows it. `terminals` are the lesson's; the first is where a block runs that
 * names none. Where there are mistakes, all of them are returned.
 */
export function parseFence(
  language: string,
  meta: string,
  terminals: readonly string[],
): { fence: Fence } | { mistakes: Mistake[] } {
  const words = wordsOf(meta);
  const runs = words.some(({ source }) => source === 'run');
  const mistakes: Mistake[] = [];
  const known = ['run', ...(runs ? COMMAND_WORDS : []), ...LOOK];

  if (!isLanguage(language)) mistakes.push(unknownLanguage(language));
  const seen = new Set<string>();
  for (const word of words) {
    if (!known.includes(word.key)) mistakes.push(unknownWord(word, known, runs));
    else if (seen.has(word.key)) mistakes.push(twice(word));
    seen.add(word.key);
  }
  if (language === 'output') {
    if (runs) mistakes.push(runOnOutput);
    return mistakes.length > 0 ? { mistakes } : { fence: { kind: 'output' } };
  }
  if (!runs) return mistakes.length > 0 ? { mistakes } : { fence: { kind: 'copy' } };
  if (!SHELLS.includes(language) && isLanguage(language)) mistakes.push(notAShell(language));

  const valueOf = (key: string) => words.find((word) => word.key === key)?.value;
  const has = (key: string) => words.some((word) => word.key === key);
  const given = (key: string) => (has(key) ? (valueOf(key) ?? '') : undefined);
  const terminal = given('terminal') ?? terminals[0] ?? 'main';
  if (!terminals.includes(terminal)) mistakes.push(noSuchTerminal(terminal, terminals));
  const exit = given('exit') ?? '0';
  if (!/^\d{1,3}$/.test(exit) || Number(exit) > 255) mistakes.push(badExit(exit));
  const opens = given('opens');
  if (opens === '') mistakes.push(emptyOpens);
  for (const key of ['run', 'interrupt', 'background']) {
    if (valueOf(key) !== undefined) mistakes.push(takesNoValue(key));
  }
  if (has('exit') && (has('background') || has('opens'))) mistakes.push(exitOfNoEnd);

  if (mistakes.length > 0) return { mistakes };
  const fence: CommandFence = {
    kind: 'command',
    terminal,
    interrupt: has('interrupt'),
    exit: Number(exit),
    background: has('background'),
    opens,
  };
  return { fence };
}

function unknownWord({ key, source }: Word, known: readonly string[], runs: boolean): Mistake {
  const what = `unknown word "${source}" after the fence’s language`;
  const expected = `words out of ${known.join(', ')}`;
  if (!runs && COMMAND_WORDS.includes(key)) {
    return { what: `"${source}" without "run"`, expected, mend: `Write "run ${source}", or remove "${source}".` };
  }
  const meant = nearest(key, known);
  return { what, expected, mend: meant === undefined ? `Remove "${source}".` : `Write "${meant}".` };
}

function unknownLanguage(language: string): Mistake {
  const meant = nearest(language, LANGUAGES);
  return {
    what: `unknown language "${language}"`,
    expected: 'a language that the highlighter knows, such as sh, output, go, dockerfile, yaml; or text',
    mend: `Write "${meant ?? 'text'}".`,
  };
}

const twice = ({ key }: Word): Mistake => ({
  what: `"${key}" stands twice after the fence’s language`,
  expected: 'each word once',
  mend: 'Remove one of the two.',
});

const runOnOutput: Mistake = {
  what: 'an "output" block cannot run',
  expected: 'commands in a "sh run" block, what they print in an "output" block after it',
  mend: 'Remove "run", or write "sh" in place of "output".',
};

const notAShell = (language: string): Mistake => ({
  what: `a block in ${language === '' ? 'no language' : `"${language}"`} cannot run`,
  expected: `"run" after one of ${SHELLS.join(', ')}`,
  mend: 'Write "sh run", or remove "run" so that the block can be copied only.',
});

const noSuchTerminal = (terminal: string, terminals: readonly string[]): Mistake => ({
  what: `the lesson has no terminal "${terminal}"`,
  expected: `one of ${terminals.join(', ')}`,
  mend: `Write "terminal=${nearest(terminal, terminals) ?? terminals[0] ?? 'main'}", or add "${terminal}" to "terminals:" in the frontmatter.`,
});

const badExit = (exit: string): Mistake => ({
  what: `"exit=${exit}" is no exit status`,
  expected: 'a number from 0 to 255',
  mend: 'Write for example "exit=1".',
});

const emptyOpens: Mistake = {
  what: '"opens" names no prompt',
  expected: 'the end of the prompt that the command leads to, in double quotes',
  mend: 'Write for example opens="# ".',
};

const takesNoValue = (key: string): Mistake => ({
  what: `"${key}" takes no value`,
  expected: `"${key}" alone`,
  mend: `Write "${key}".`,
});

const exitOfNoEnd: Mistake = {
  what: '"exit" beside "background" or "opens": nothing waits for that command’s end',
  expected: 'one of them',
  mend: 'Remove "exit".',
};
