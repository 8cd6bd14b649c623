/** The words that may follow a fence's language: what each means, and what it goes with. docs/format.md shows them. */

/** What a block can be for. `setup live` is two words. */
export type Use = 'run' | 'check' | 'solve' | 'setup' | 'setup live';

interface FenceWord {
  /** As it is written. */
  form: string;
  /** What it does, for authors. */
  doc: string;
  /** What it goes with; every block where none is named. */
  fits?: readonly Use[];
}

/** Of a block that is typed into a terminal. */
const TYPED: readonly Use[] = ['run', 'solve', 'setup live'];
/** Of a block that runs unseen. */
const UNSEEN: readonly Use[] = ['check', 'setup', 'setup live'];

/** Words that say what a block is for. One block has one of them at most. */
export const ROLES = ['run', 'check', 'solve', 'setup'] as const;
export type Role = (typeof ROLES)[number];

export const FENCE_WORDS = {
  run: { form: 'run', doc: 'a button types it into a terminal and presses Enter' },
  check: { form: 'check', doc: 'says whether the task is done; never in the page' },
  solve: { form: 'solve', doc: 'a solution of the task; not in the page before the learner asks for it' },
  setup: { form: 'setup', doc: 'prepares files for the task, unseen' },
  live: {
    form: 'live',
    doc: 'makes what files cannot hold, and is done again after a reset and a jump',
    fits: ['setup', 'solve', 'setup live'],
  },
  terminal: { form: 'terminal=NAME', doc: 'the terminal; the lesson’s first where left out', fits: TYPED },
  interrupt: { form: 'interrupt', doc: 'Ctrl-C first', fits: TYPED },
  exit: { form: 'exit=N', doc: 'the exit status that it is meant to end with, 0 where left out', fits: TYPED },
  background: { form: 'background', doc: 'goes on, such as a server: nothing waits for its end', fits: TYPED },
  opens: { form: 'opens="# "', doc: 'ends in another program’s prompt, which ends so', fits: TYPED },
  user: { form: 'user=root', doc: 'runs as root; as the learner where left out', fits: UNSEEN },
  timeout: {
    form: 'timeout=SECONDS',
    doc: 'how long it may take: of a check 1 to 60, 10 where left out; else 1 to 600, 60 where left out',
    fits: UNSEEN,
  },
  title: {
    form: 'title="main.go"',
    doc: 'a name above the block; not on sh, bash, shell and output, which have no frame',
  },
  lines: { form: '{2-4}', doc: 'marks lines, as `mark={2-4}` does' },
  mark: { form: 'mark={2-4}', doc: 'marks lines' },
  ins: { form: 'ins={2}', doc: 'marks lines as added' },
  del: { form: 'del={3}', doc: 'marks lines as removed' },
  wrap: { form: 'wrap', doc: 'breaks long lines (commands between words), which scroll otherwise' },
} as const satisfies Record<string, FenceWord>;

const WORDS: Readonly<Record<string, FenceWord>> = FENCE_WORDS;

/** Words about a block's look; Expressive Code reads them. They fit every block. */
export const LOOK = ['title', 'lines', 'mark', 'ins', 'del', 'wrap'] as const;

/** What a word goes with: empty for words that no block needs a purpose for, and for those that are not known. */
export const fitsOf = (word: string): readonly Use[] => (Object.hasOwn(WORDS, word) ? (WORDS[word]?.fits ?? []) : []);

/** The words that go with a use, or with any block where there is none. */
export function wordsFor(use: Use | undefined): string[] {
  const own = use === undefined ? [] : Object.keys(WORDS).filter((word) => fitsOf(word).includes(use));
  return [...ROLES, ...own, ...LOOK];
}
