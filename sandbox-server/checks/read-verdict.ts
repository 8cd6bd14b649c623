/** How a check ended and what it printed → its verdict. All of it is data of the sandbox's. */
import { MAX_REASON_CHARACTERS, type CheckReport } from '../protocol/lesson.ts';
import { asShown, cut, showControls } from './plain-text.ts';

type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** What a check said; who asked and when, the caller knows. */
export type Verdict = { outcome: 'passed' } | Without<CheckReport, 'asked' | 'at'>;

export type How =
  | { how: 'ended'; status: number | null; signal: string | null }
  /** It was ended at its time limit. */
  | { how: 'hung' }
  /** It was ended because of how much it printed. */
  | { how: 'flooded' };

export type Ending = How & { out: Buffer; err: Buffer };

/** What the first helper of the prelude that did not hold has told. */
interface Told {
  kind: string;
  parts: string[];
}

/** Statuses by which a shell says that it could not execute something: no permission, no such program. */
const NOT_EXECUTED = [126, 127];
/** Status of a shell that cannot read its script, and of many a program that was called wrongly. */
const MISUSE = 2;

/** A shell's own messages: `check: line 3: …`, of dash `check: 3: …`; what bash evaluates has `eval: ` before. */
const OF_THE_SHELL = /^check: (?:eval: )?(?:line )?\d+: /m;
const SYNTAX_ERROR = /^check: (?:eval: )?(?:line )?\d+: (?:eval: )?syntax error/im;
/** The learner has as many processes as may be: no fault of the check's. */
const NO_PROCESS = /^check: (?:\d+: (?:eval: )?)?(?:fork: |cannot fork)/im;

/** `marker` tells what the prelude told apart from output. */
export function readVerdict(ending: Ending, marker: string, limitMs: number): Verdict {
  const out = ending.out.toString('utf8');
  const errors = asShown(ending.err.toString('utf8'));
  if (ending.how === 'flooded') {
    return broken('flooded', 'It printed more than a check may print, and was ended.');
  }
  if (NO_PROCESS.test(errors)) return { outcome: 'not-run', code: 'too-many-processes' };
  const told = toldBy(out, marker);
  if (told) return verdictOf(told);
  if (ending.how === 'hung') return broken('hung', `It did not end within ${limitMs / 1000} s, and was ended.`);
  if (ending.status === null)
    return broken('crashed', `It was ended by a signal: ${asShown(ending.signal ?? 'unknown')}.`);
  if (ending.status === 0) return { outcome: 'passed' };

  const printed = [asShown(out), errors].filter((text) => text !== '').join('\n');
  const crashed =
    NOT_EXECUTED.includes(ending.status) ||
    SYNTAX_ERROR.test(errors) ||
    (ending.status === MISUSE && OF_THE_SHELL.test(errors));
  if (crashed) return broken('crashed', `It ended with status ${ending.status}. ${printed}`.trim());
  if (printed === '') return broken('crashed', `It ended with status ${ending.status} and gave no reason.`);
  return { outcome: 'not-yet', reason: cut(printed, MAX_REASON_CHARACTERS), compared: null };
}

/** The first record in what was printed; a part that broke off ends where the output does. */
function toldBy(out: string, marker: string): Told | undefined {
  const at = out.indexOf(`\n${marker} `);
  if (at < 0) return undefined;
  const [kind = '', ...lines] = out.slice(at + marker.length + 2).split('\n');
  const parts = lines.join('\n').split(`\n${marker}`).slice(0, 3);
  // What follows a marker begins on a line of its own.
  return { kind, parts: parts.map((part, index) => (index === 0 ? part : part.slice(1))) };
}

function verdictOf({ kind, parts: [first = '', expected = '', found = ''] }: Told): Verdict {
  const part = (text: string) => cut(showControls(text), MAX_REASON_CHARACTERS);
  const what = part(first);
  const differs = (reason: string, wanted: string): Verdict => ({
    outcome: 'not-yet',
    reason: cut(reason, MAX_REASON_CHARACTERS),
    compared: { what, expected: part(wanted), found: part(found) },
  });
  switch (kind) {
    case 'differs':
      return differs(`${what} should be something else.`, expected);
    case 'unlike':
      return differs(`${what}: no line of it fits.`, `a line that fits ${expected}`);
    case 'lacks':
      return differs(`${what} lacks what is expected in it.`, expected);
    case 'failed': {
      const reason = asShown(first);
      if (reason === '') return broken('crashed', 'It failed, and gave no reason.');
      return { outcome: 'not-yet', reason: cut(reason, MAX_REASON_CHARACTERS), compared: null };
    }
    default:
      return broken('crashed', asShown(first) === '' ? 'A helper broke off, and gave no reason.' : first);
  }
}

function broken(fault: 'crashed' | 'hung' | 'flooded', detail: string): Verdict {
  return { outcome: 'broken', fault, detail: cut(asShown(detail), MAX_REASON_CHARACTERS) };
}
