/** Whether a task's check says what it must: why the task is not done before its solution, nothing after it. */
import type { Duplex } from 'node:stream';
import type { TaskEntry } from '../../../site/course/manifest.ts';
import { runCheck, type Verdict } from '../../checks/run-check.ts';
import type { Fault } from './outcome.ts';

type Connect = () => Promise<Duplex>;

/** An answer that is right nowhere. */
const NO_ANSWER = 'slipway-knows-no-such-answer';

/** It must not pass, and must give a reason. Of an ask, `right` is an answer that passes, where one is known. */
export async function mustFail(
  connect: Connect,
  { kind, check }: TaskEntry,
  signal: AbortSignal,
  right?: string,
): Promise<Fault | undefined> {
  for (const answer of kind === 'ask' ? wrongAnswers(right) : [undefined]) {
    const verdict = await runCheck(connect, check, { signal, ...(answer !== undefined && { answer }) });
    const given = answer === undefined ? '' : ` for the answer "${answer}"`;
    if (verdict.outcome === 'passed') {
      return answer === undefined
        ? { what: 'the check passes before the solution', expected: 'a check that fails until the task is done' }
        : { what: `the check passes${given}`, expected: 'a check that fails for a wrong answer' };
    }
    if (verdict.outcome !== 'not-yet') {
      return {
        what: `the check is broken${given}`,
        expected: 'a reason why the task is not done: fail, or one of the expect_ helpers',
        came: wordsOf(verdict),
      };
    }
  }
  return undefined;
}

/** It must pass; of an ask, for this answer. */
export async function mustPass(
  connect: Connect,
  { check }: TaskEntry,
  signal: AbortSignal,
  answer?: string,
): Promise<Fault | undefined> {
  const verdict = await runCheck(connect, check, { signal, ...(answer !== undefined && { answer }) });
  if (verdict.outcome === 'passed') return undefined;
  const given = answer === undefined ? 'after the solution' : `for the answer of the solution, "${answer}"`;
  return {
    what: verdict.outcome === 'not-yet' ? `the check fails ${given}` : `the check is broken ${given}`,
    expected: 'a check that passes, and a solution that leads there',
    came: wordsOf(verdict),
  };
}

/** Those whose checks pass. Asks are left out: nobody answers. */
export async function passing(
  connect: Connect,
  tasks: readonly TaskEntry[],
  signal: AbortSignal,
): Promise<TaskEntry[]> {
  const found: TaskEntry[] = [];
  for (const task of tasks) {
    if (task.kind === 'ask') continue;
    const { outcome } = await runCheck(connect, task.check, { signal });
    if (outcome === 'passed') found.push(task);
  }
  return found;
}

/** A word, and where a number is right, the next one. */
function wrongAnswers(right: string | undefined): string[] {
  return [NO_ANSWER, ...(right !== undefined && /^\d{1,15}$/.test(right) ? [String(Number(right) + 1)] : [])];
}

function wordsOf(verdict: Exclude<Verdict, { outcome: 'passed' }>): string {
  switch (verdict.outcome) {
    case 'not-yet': {
      const { reason, compared } = verdict;
      return compared ? `${reason}\nexpected: ${compared.expected}\nfound:    ${compared.found}` : reason;
    }
    case 'broken':
      return `${verdict.fault}: ${verdict.detail}`;
    case 'not-run':
      return verdict.code;
  }
}
