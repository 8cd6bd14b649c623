/** The one state of a learner's sandbox, and what may change it. */
import type { SandboxState } from '../protocol/api.ts';

export type SandboxEvent =
  | 'start' // somebody wants it
  | 'started'
  | 'failed' // to start; the reason is kept beside the state
  | 'freeze'
  | 'thaw'
  | 'stop' // on purpose: idle, restart, the operator
  | 'died' // found not running though nobody stopped it
  | 'replaced' // another one, which runs, has taken its place
  | 'expire';

const TRANSITIONS: Record<SandboxState, Partial<Record<SandboxEvent, SandboxState>>> = {
  requested: { start: 'starting', replaced: 'ready', expire: 'gone' },
  starting: { started: 'ready', failed: 'stopped' },
  ready: { freeze: 'frozen', stop: 'stopped', died: 'stopped' },
  frozen: { thaw: 'ready', stop: 'stopped', died: 'stopped' },
  stopped: { start: 'starting', stop: 'stopped', replaced: 'ready', expire: 'gone' },
  gone: {},
};

/** The state after an event. Throws on an event that the state does not know: a mistake in the caller. */
export function next(state: SandboxState, event: SandboxEvent): SandboxState {
  const after = TRANSITIONS[state][event];
  if (!after) throw new Error(`a sandbox that is ${state} cannot ${event}`);
  return after;
}
