import {
  badExit,
  badTimeout,
  badUser,
  emptyOpens,
  exitOfNoEnd,
  noSuchTerminal,
  notAShell,
  roleOnOutput,
  takesNoValue,
  twice,
  twoRoles,
  unknownLanguage,
  unknownWord,
} from './fence-mistakes.ts';
import { fitsOf, ROLES, wordsFor, type Role } from './fence-words.ts';
import { isLanguage } from './languages.ts';
import type { Mistake } from './problem.ts';
import { wordsOf, type Word } from './words.ts';

/**
 * What a fenced block is for, read from its info string. `command` has a run button, `copy` can be copied, `output` is
 * what a command prints; all others are never in the page. A `live` block is typed where its info string names a
 * terminal, or says that nothing waits for its end; else it runs unseen.
 */
export type Fence =
  | ({ kind: 'command' } & Typing)
  | { kind: 'copy' }
  | { kind: 'output' }
  | ({ kind: 'check' } & Running)
  | ({ kind: 'setup' } & Running)
  | ({ kind: 'live'; typed: false } & Running)
  | ({ kind: 'live'; typed: true } & Typing)
  | ({ kind: 'solve'; live: boolean } & Typing);

/** How a block is typed into a terminal. */
export interface Typing {
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

/** How a script runs in the sandbox, unseen. */
export interface Running {
  user: 'learner' | 'root';
  timeoutMs: number;
}

/** A block with a run button. */
export type CommandFence = Extract<Fence, { kind: 'command' }>;

/** Languages of what a shell is given. */
export const SHELLS: readonly string[] = ['sh', 'bash', 'shell'];

/** Words that say where a block is typed, or that nothing waits for its end: a shell has to be there for that. */
const NEEDS_TERMINAL = ['terminal', 'background', 'opens'];
/** Words of a block that is typed, and of one that runs unseen. */
const TYPED = ['terminal', 'interrupt', 'exit', 'background', 'opens'];
const UNSEEN = ['user', 'timeout'];

/** Seconds. A check is asked after each command, and holds back the next; a setup may compile. */
const TIMEOUTS = { check: { usual: 10, most: 60 }, setup: { usual: 60, most: 600 } } as const;

/** Whether a block is left out of the page. `before` is the block before it: what a solution prints goes with it. */
export function isHidden({ kind }: Fence, before?: Fence): boolean {
  if (kind === 'output') return before?.kind === 'solve';
  return kind === 'check' || kind === 'setup' || kind === 'live' || kind === 'solve';
}

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
  const has = (key: string) => words.some((word) => word.key === key);
  const roles = ROLES.filter(has);
  const [role] = roles;
  const use = role === 'setup' && has('live') ? 'setup live' : role;
  const typed = use === 'setup live' && NEEDS_TERMINAL.some(has);
  const mistakes: Mistake[] = [];
  const excluded = use !== 'setup live' ? [] : typed ? UNSEEN : TYPED.filter((word) => !NEEDS_TERMINAL.includes(word));
  const known = wordsFor(use).filter((word) => !excluded.includes(word));

  if (!isLanguage(language)) mistakes.push(unknownLanguage(language));
  const seen = new Set<string>();
  for (const word of words) {
    if (!known.includes(word.key)) mistakes.push(unknownWord(word, known, usesOf(word), use));
    else if (seen.has(word.key)) mistakes.push(twice(word));
    seen.add(word.key);
  }
  if (roles.length > 1) mistakes.push(twoRoles(roles));
  if (language === 'output' && role !== undefined) mistakes.push(roleOnOutput(role));
  else if (role !== undefined && !SHELLS.includes(language) && isLanguage(language)) {
    mistakes.push(notAShell(language, role, SHELLS));
  }
  for (const { key, value } of words) {
    if ([...ROLES, 'live', 'interrupt', 'background'].includes(key) && value !== undefined) {
      mistakes.push(takesNoValue(key));
    }
  }
  const given = new Map(words.map(({ key, value }) => [key, value ?? '']));
  const fence = fenceOf(role, language, given, typed, terminals, mistakes);
  return mistakes.length > 0 ? { mistakes } : { fence };
}

/** What a word goes with, as it is told to whoever wrote it elsewhere. */
function usesOf({ key }: Word): readonly string[] {
  const live = UNSEEN.includes(key) ? ' without a terminal' : NEEDS_TERMINAL.includes(key) ? '' : ' terminal=…';
  return fitsOf(key).map((use) => (use === 'setup live' ? `${use}${live}` : use));
}

function fenceOf(
  role: Role | undefined,
  language: string,
  given: ReadonlyMap<string, string>,
  typed: boolean,
  terminals: readonly string[],
  mistakes: Mistake[],
): Fence {
  if (role === undefined) return { kind: language === 'output' ? 'output' : 'copy' };
  if (role === 'run') return { kind: 'command', ...typingOf(given, terminals, mistakes) };
  if (role === 'solve') return { kind: 'solve', live: given.has('live'), ...typingOf(given, terminals, mistakes) };
  if (role === 'check') return { kind: 'check', ...runningOf(given, TIMEOUTS.check, mistakes) };
  if (!given.has('live')) return { kind: 'setup', ...runningOf(given, TIMEOUTS.setup, mistakes) };
  if (typed) return { kind: 'live', typed, ...typingOf(given, terminals, mistakes) };
  return { kind: 'live', typed, ...runningOf(given, TIMEOUTS.setup, mistakes) };
}

function typingOf(given: ReadonlyMap<string, string>, terminals: readonly string[], mistakes: Mistake[]): Typing {
  const terminal = given.get('terminal') ?? terminals[0] ?? 'main';
  if (!terminals.includes(terminal)) mistakes.push(noSuchTerminal(terminal, terminals));
  const exit = given.get('exit') ?? '0';
  if (!/^\d{1,3}$/.test(exit) || Number(exit) > 255) mistakes.push(badExit(exit));
  const opens = given.get('opens');
  if (opens === '') mistakes.push(emptyOpens);
  const background = given.has('background');
  if (given.has('exit') && (background || opens !== undefined)) mistakes.push(exitOfNoEnd);
  return { terminal, interrupt: given.has('interrupt'), exit: Number(exit), background, opens };
}

function runningOf(
  given: ReadonlyMap<string, string>,
  { usual, most }: { usual: number; most: number },
  mistakes: Mistake[],
): Running {
  const user = given.get('user') ?? 'learner';
  if (user !== 'learner' && user !== 'root') mistakes.push(badUser(user));
  const timeout = given.get('timeout') ?? String(usual);
  const seconds = /^\d{1,4}$/.test(timeout) ? Number(timeout) : 0;
  if (seconds < 1 || seconds > most) mistakes.push(badTimeout(timeout, most));
  return { user: user === 'root' ? 'root' : 'learner', timeoutMs: seconds * 1000 };
}
