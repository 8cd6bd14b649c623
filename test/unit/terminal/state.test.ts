import { describe, expect, it } from 'vitest';
import { ERROR_CODES, ERRORS } from '../../../sandbox-server/protocol/errors.ts';
import { START_STAGES } from '../../../sandbox-server/protocol/messages.ts';
import { wordsOf, type TerminalState } from '../../../site/terminal/state.ts';

describe('each state has words', () => {
  const STATES: TerminalState[] = [
    { name: 'idle' },
    { name: 'starting', stage: null },
    ...START_STAGES.map((stage) => ({ name: 'starting', stage }) as const),
    { name: 'queued', wait: { why: 'places', place: 1, aboutMinutes: null }, toldAt: 0 },
    { name: 'connected' },
    { name: 'detached', reason: 'hidden' },
    { name: 'detached', reason: 'lagging' },
    { name: 'reconnecting', retryAt: 3000, cause: null },
    { name: 'reconnecting', retryAt: null, cause: 'server-stopping' },
    { name: 'ended', status: 0, signal: null },
    ...ERROR_CODES.map((code) => ({ name: 'refused', code, retryAt: null }) as const),
  ];

  it.each(STATES)('$name $stage $code', (state) => {
    expect(wordsOf(state, 0).label).toMatch(/^[a-z ]+$/);
  });
});

it.each([
  [{ name: 'ended', status: 0, signal: null }, 'The shell has ended.'],
  [{ name: 'ended', status: 3, signal: null }, 'The shell has ended with status 3.'],
  [{ name: 'ended', status: null, signal: 'KILL' }, 'The shell was ended by the signal KILL.'],
] as const)('%o', (state, text) => {
  expect(wordsOf(state, 0)).toMatchObject({ text, action: 'Start a new shell' });
});

it('says when the next attempt is', () => {
  const at = (now: number) => wordsOf({ name: 'reconnecting', retryAt: 3000, cause: null }, now).next;
  expect(at(0)).toBe('Next attempt in 3 seconds.');
  expect(at(2500)).toBe('Next attempt in a second.');
  expect(at(9000)).toBe('Next attempt in a second.');
});

it('gives the registry’s words for a refusal, and a way on', () => {
  expect(wordsOf({ name: 'refused', code: 'sandbox-died', retryAt: null }, 0)).toMatchObject({
    text: ERRORS['sandbox-died'].text,
    hint: ERRORS['sandbox-died'].hint,
    action: 'Start it again',
  });
  expect(wordsOf({ name: 'refused', code: 'sandboxes-off', retryAt: null }, 0).action).toBeNull();
});
