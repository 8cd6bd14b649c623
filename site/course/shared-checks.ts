import type { Beside } from './beside.ts';
import type { ScriptStep } from './manifest.ts';
import { START } from './place.ts';
import type { Mistake } from './problem.ts';
import { readScript } from './script.ts';
import { scriptStep } from './steps.ts';
import { at, type PlacedMistake } from './task-parts.ts';

/** What the checks of a lesson have in common: functions, as a rule. */
export const SHARED_CHECKS_FILE = 'checks.sh';

/** Reads checks.sh. How a check runs is the check's to say: of the step only place and text count. */
export function readSharedChecks(
  folder: string,
  { scripts }: Beside,
  terminals: readonly string[],
): { step: ScriptStep | null; mistakes: PlacedMistake[] } {
  const source = scripts.get(SHARED_CHECKS_FILE);
  if (source === undefined) return { step: null, mistakes: [] };
  const { fence, text, line, mistakes } = readScript(source, 'check', terminals);
  const placed = mistakes.flatMap(({ line, ...told }) => at({ ...START, line }, [told], SHARED_CHECKS_FILE));
  if (placed.length === 0 && /^#\s*slipway:/m.test(source)) placed.push(...at(START, [withWords], SHARED_CHECKS_FILE));
  if (fence?.kind !== 'check') return { step: null, mistakes: placed };
  return { step: scriptStep({ place: `${folder}/${SHARED_CHECKS_FILE}:${line}`, text }, fence), mistakes: placed };
}

const withWords: Mistake = {
  what: 'checks.sh says how it runs',
  expected: 'nothing about it: it is read before each check of the lesson, and runs as that does',
  mend: 'Write the words into the checks that need them, and remove the line.',
};
