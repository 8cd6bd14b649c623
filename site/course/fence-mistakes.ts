/** What is wrong with a fence's language, or with the words after it. */
import { LANGUAGES } from './languages.ts';
import { nearest, type Mistake } from './problem.ts';
import type { Word } from './words.ts';

/** `fits` are the roles that the word goes with; `role` is the one that the block has. */
export function unknownWord(
  { key, source }: Word,
  known: readonly string[],
  fits: readonly string[],
  role: string | undefined,
): Mistake {
  const expected = `words out of ${[...new Set(known)].join(', ')}`;
  const [first] = fits;
  if (first !== undefined && role === undefined) {
    const what = `"${source}" without "${first}"`;
    return { word: source, what, expected, mend: `Write "${first} ${source}", or remove "${source}".` };
  }
  if (first !== undefined) {
    const what = `"${source}" does not go with "${role}"`;
    return { word: source, what, expected, mend: `Remove it: it goes with ${fits.join(', ')}.` };
  }
  const what = `unknown word "${source}"`;
  const meant = nearest(key, known);
  const mend = meant === undefined ? `Remove "${source}".` : `Write "${meant}".`;
  return { word: source, what, expected, mend };
}

export function unknownLanguage(language: string): Mistake {
  const meant = nearest(language, LANGUAGES);
  return {
    word: language,
    what: `unknown language "${language}"`,
    expected: 'a language that the highlighter knows, such as sh, output, go, dockerfile, yaml; or text',
    mend: `Write "${meant ?? 'text'}".`,
  };
}

export const twice = ({ key, source }: Word): Mistake => ({
  word: source,
  what: `"${key}" stands twice`,
  expected: 'each word once',
  mend: 'Remove one of the two.',
});

export const twoRoles = (roles: readonly string[]): Mistake => ({
  word: roles[1] ?? '',
  what: `"${roles.join('" and "')}" in one block`,
  expected: 'one of them: a block has one purpose',
  mend: 'Write a block for each.',
});

export const roleOnOutput = (role: string): Mistake => ({
  word: role,
  what: `an "output" block cannot ${role === 'run' ? 'run' : `be a ${role}`}`,
  expected: `commands in a "sh ${role}" block, what they print in an "output" block after it`,
  mend: `Remove "${role}", or write "sh" in place of "output".`,
});

export const notAShell = (language: string, role: string, shells: readonly string[]): Mistake => ({
  word: role,
  what: `a block in ${language === '' ? 'no language' : `"${language}"`} cannot ${role === 'run' ? 'run' : `be a ${role}`}`,
  expected: `"${role}" after one of ${shells.join(', ')}`,
  mend: `Write "sh ${role}", or remove "${role}" so that the block can be copied only.`,
});

export const noSuchTerminal = (terminal: string, terminals: readonly string[]): Mistake => ({
  word: terminal === '' ? 'terminal' : terminal,
  what: `the lesson has no terminal "${terminal}"`,
  expected: `one of ${terminals.join(', ')}`,
  mend: `Write "terminal=${nearest(terminal, terminals) ?? terminals[0] ?? 'main'}", or add "${terminal}" to "terminals:" in the frontmatter.`,
});

export const badExit = (exit: string): Mistake => ({
  word: 'exit',
  what: `"exit=${exit}" is no exit status`,
  expected: 'a number from 0 to 255',
  mend: 'Write for example "exit=1".',
});

export const emptyOpens: Mistake = {
  word: 'opens',
  what: '"opens" names no prompt',
  expected: 'the end of the prompt that the command leads to, in double quotes',
  mend: 'Write for example opens="# ".',
};

export const takesNoValue = (key: string): Mistake => ({
  word: `${key}=`,
  what: `"${key}" takes no value`,
  expected: `"${key}" alone`,
  mend: `Write "${key}".`,
});

export const exitOfNoEnd: Mistake = {
  word: 'exit',
  what: '"exit" beside "background" or "opens": nothing waits for that command’s end',
  expected: 'one of them',
  mend: 'Remove "exit".',
};

export const badUser = (user: string): Mistake => ({
  word: 'user',
  what: `"user=${user}" is nobody in a sandbox`,
  expected: 'user=learner or user=root',
  mend: 'Write "user=root", or remove "user" for the learner.',
});

export const badTimeout = (timeout: string, most: number): Mistake => ({
  word: 'timeout',
  what: `"timeout=${timeout}" cannot be a time limit`,
  expected: `a whole number of seconds, 1 to ${most}`,
  mend: `Write for example "timeout=${most / 2}".`,
});
