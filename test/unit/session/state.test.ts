import { expect, test } from 'vitest';
import type { SandboxState } from '../../../sandbox-server/protocol/api.ts';
import { next, type SandboxEvent } from '../../../sandbox-server/session/state.ts';

const STATES: SandboxState[] = ['requested', 'starting', 'ready', 'frozen', 'stopped', 'gone'];
const EVENTS: SandboxEvent[] = ['start', 'started', 'failed', 'freeze', 'thaw', 'stop', 'died', 'replaced', 'expire'];

/** Every transition there is; all else is a mistake in the caller. */
const ALLOWED: [SandboxState, SandboxEvent, SandboxState][] = [
  ['requested', 'start', 'starting'],
  ['requested', 'expire', 'gone'],
  ['requested', 'replaced', 'ready'],
  ['starting', 'started', 'ready'],
  ['starting', 'failed', 'stopped'],
  ['ready', 'freeze', 'frozen'],
  ['ready', 'stop', 'stopped'],
  ['ready', 'died', 'stopped'],
  ['frozen', 'thaw', 'ready'],
  ['frozen', 'stop', 'stopped'],
  ['frozen', 'died', 'stopped'],
  ['stopped', 'start', 'starting'],
  ['stopped', 'stop', 'stopped'],
  ['stopped', 'replaced', 'ready'],
  ['stopped', 'expire', 'gone'],
];

test.each(STATES.flatMap((state) => EVENTS.map((event) => [state, event] as const)))('%s, %s', (state, event) => {
  const allowed = ALLOWED.find(([from, on]) => from === state && on === event);
  if (allowed) expect(next(state, event)).toBe(allowed[2]);
  else expect(() => next(state, event)).toThrow(`a sandbox that is ${state} cannot ${event}`);
});
