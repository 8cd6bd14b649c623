import { expect, it } from 'vitest';
import { lifeInWords } from '../../../site/workspace/sandbox-life.ts';

const KEPT = {
  freezesAt: null,
  stopsAt: null,
  deletedAt: new Date(2031, 11, 1).getTime(),
  extendable: true,
  sessionEndsAt: null,
  sessionExtendable: false,
};
const SOON = Date.now();

it.each([
  ['running, with somebody there', 'ready', KEPT, 'Your files are kept until 1 December.'],
  ['running, left', 'ready', { ...KEPT, freezesAt: SOON, stopsAt: SOON }, /^It is frozen at .* until 1 December\.$/],
  ['frozen', 'frozen', { ...KEPT, stopsAt: SOON }, /^Its programs are ended at .* until 1 December\.$/],
  ['stopped', 'stopped', KEPT, 'It starts anew when you come back. Your files are kept until 1 December.'],
  ['kept for ever', 'frozen', { ...KEPT, deletedAt: null }, ''],
] as const)('a sandbox that is %s says what comes next', (_, state, life, expected) => {
  const words = lifeInWords(life, state);
  if (typeof expected === 'string') expect(words).toBe(expected);
  else expect(words).toMatch(expected);
});
