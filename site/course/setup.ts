import type { Beside } from './beside.ts';
import type { ScriptStep } from './manifest.ts';
import { START } from './place.ts';
import { readScript } from './script.ts';
import { scriptStep } from './steps.ts';
import type { Mistake } from './problem.ts';
import type { PlacedMistake } from './task-parts.ts';

/** The lesson's own setup, which prepares the sandbox before the learner arrives. */
export const SETUP_FILE = 'setup.sh';

/** Reads setup.sh. */
export function readSetup(
  folder: string,
  { scripts }: Beside,
  terminals: readonly string[],
): { step: ScriptStep | null; mistakes: PlacedMistake[] } {
  const source = scripts.get(SETUP_FILE);
  if (source === undefined) return { step: null, mistakes: [] };
  const { fence, text, line, mistakes } = readScript(source, 'setup', terminals);
  const placed: PlacedMistake[] = mistakes.map(({ line, ...mistake }) => ({
    ...mistake,
    from: { ...START, line },
    file: SETUP_FILE,
  }));
  if (/^#\s*slipway:.*\buser=/m.test(source)) placed.push({ ...asRoot, from: START, file: SETUP_FILE });
  if (fence?.kind !== 'setup') return { step: null, mistakes: placed };
  const step = scriptStep({ place: `${folder}/${SETUP_FILE}:${line}`, text }, { ...fence, user: 'root' });
  return { step, mistakes: placed };
}

const asRoot: Mistake = {
  word: 'user=',
  what: 'setup.sh says whom it runs as',
  expected: 'nothing about it: it runs as root',
  mend: 'Remove "user", and write for example: su learner -c "touch a.txt".',
};
