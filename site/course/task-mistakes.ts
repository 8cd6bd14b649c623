/** What is wrong with a task's check, setup or solution. */
import type { Directive } from './directive.ts';
import type { Fence } from './fence.ts';
import type { Mistake } from './problem.ts';

const NAMES: Record<string, string> = { check: 'check', setup: 'setup', live: 'setup live', solve: 'solve' };

const nameOf = (kind: string) => NAMES[kind] ?? kind;

export const outsideOfTask = (kind: Fence['kind'], inside: Directive | undefined): Mistake => ({
  word: nameOf(kind),
  what: `a "${nameOf(kind)}" block ${inside === undefined ? 'outside of a task' : `in ":::${inside.name}"`}, where it belongs to nothing`,
  expected: 'it directly in a ":::task" or ":::ask", in no other block',
  mend: `Move it into its task, or remove "${nameOf(kind)}" so that it is shown.`,
});

export const emptyBlock = (kind: Fence['kind']): Mistake => ({
  word: nameOf(kind),
  what: `a "${nameOf(kind)}" block that does nothing`,
  expected: 'at least one command',
  mend: 'Write it, or remove the block.',
});

export const fenceAndFile = (kind: string, file: string): Mistake => ({
  word: nameOf(kind),
  what: `the task has a "${nameOf(kind)}" block, and ${file} too`,
  expected: 'one of the two',
  mend: `Move the block’s text into ${file}, or remove the file.`,
});

export const secondCheck = (kind: string): Mistake => ({
  word: 'check',
  what: `a second check in one ${kind}`,
  expected: 'one: it says when the task is done',
  mend: 'Put both into one block, or make two tasks of them.',
});

export const noAnswer: Mistake = {
  word: 'check',
  what: 'the check does not look at the answer',
  expected: '$ANSWER, what the learner typed, in the check of an ask',
  mend: 'Write for example: expect_equal "$ANSWER" "$(wc -l < list.txt)" "number of lines".',
};

export const noCheck = ({ name }: Directive): Mistake => ({
  what: `":::${name}" has no check`,
  expected: 'a block ```sh check in it, which ends with 0 when the task is done',
  mend:
    name === 'ask'
      ? 'Write for example:\n```sh check\nexpect_equal "$ANSWER" 3 "number of lines"\n```'
      : 'Write for example:\n```sh check\nexpect_file greeting.txt\n```',
});

export const noSolution = ({ name }: Directive): Mistake => ({
  what: `":::${name}" has no solution`,
  expected: 'a block ```sh solve in it: tests type it, and a jump to a later task does',
  mend: 'Write for example:\n```sh solve\ntouch greeting.txt\n```',
});

/** A solution of an ask that says how it is typed, though it runs unseen; or another one. */
export function solutionOfAsk(fence: Extract<Fence, { kind: 'solve' }>, before: number): Mistake[] {
  const expected = 'one script, which runs unseen and prints the answer';
  const mistakes: Mistake[] = [];
  if (before === 1)
    mistakes.push({ word: 'solve', what: 'a second solution in one ask', expected, mend: 'Remove it.' });
  const { live, interrupt, exit, background, opens } = fence;
  if (live || interrupt || exit !== 0 || background || opens !== undefined) {
    const what = 'a solution of an ask that says how it is typed';
    mistakes.push({ word: 'solve', what, expected, mend: 'Write "sh solve" alone.' });
  }
  return mistakes;
}
