import { ERRORS, type ErrorCode } from '../../sandbox-server/protocol/errors.ts';
import type { StartStage, Wait } from '../../sandbox-server/protocol/messages.ts';
import { hintOf, textOf, type ToldError } from './reference.ts';
import { wordsOfWait } from './wait-words.ts';

/** What a terminal is doing, as one value. Times are those of the clock handed to the connection, in milliseconds. */
export type TerminalState =
  /** Not opened yet. */
  | { name: 'idle' }
  /** On its way to a first prompt. `stage` is null until the server has told one. */
  | { name: 'starting'; stage: StartStage | null; slow?: true }
  /** In the queue, or kept back by a limit; it goes on by itself. `toldAt`: when the server said so. */
  | { name: 'queued'; wait: Wait; toldAt: number }
  | { name: 'connected' }
  /** The server sends nothing until the page says `show`. The shell goes on. */
  | { name: 'detached'; reason: 'hidden' | 'lagging' }
  /**
   * The connection was lost; the shell goes on, or the place in the queue is kept. `retryAt` is null while an attempt is
   * under way.
   */
  | { name: 'reconnecting'; retryAt: number | null; cause: ErrorCode | null; queued?: boolean }
  /** The shell ended. */
  | { name: 'ended'; status: number | null; signal: string | null }
  /** The server said no. `retryAt` is null where only the learner can try again. */
  | ({ name: 'refused'; retryAt: number | null } & ToldError);

/** A state in the learner's words. `action` labels the button that leads on, where there is one. */
export interface StateWords {
  /** A word or two, for the tab bar. */
  label: string;
  /** What is the matter, one sentence; empty where the terminal speaks for itself. */
  text: string;
  /** What holds meanwhile, or what to do. */
  hint: string;
  /** When the page tries again by itself; empty where it does not. Changes as time runs down. */
  next: string;
  action: string | null;
}

const STAGES: Record<StartStage, string> = {
  queue: 'Waiting for a free place on the server.',
  disk: 'Preparing your disk.',
  container: 'Starting your container.',
  shell: 'Starting the shell.',
  lesson: 'Preparing the lesson.',
};

const SLOW = ' This takes longer than usual. The page goes on by itself, or says what is wrong.';

/** `now` is the clock's time, for what is said about the next attempt. */
export function wordsOf(state: TerminalState, now: number): StateWords {
  switch (state.name) {
    case 'idle':
      return { label: 'not started', text: '', hint: '', next: '', action: null };
    case 'starting':
      return {
        label: 'starting',
        text: `${state.stage === null ? 'Connecting to your sandbox.' : STAGES[state.stage]}${state.slow ? SLOW : ''}`,
        hint: '',
        next: '',
        action: null,
      };
    case 'queued':
      return { label: 'waiting', ...wordsOfWait(state.wait, now - state.toldAt), action: null };
    case 'connected':
      return { label: 'connected', text: '', hint: '', next: '', action: null };
    case 'detached':
      return state.reason === 'hidden'
        ? { label: 'paused', text: '', hint: '', next: '', action: null }
        : {
            label: 'catching up',
            text: 'This window is catching up with the output.',
            hint: '',
            next: '',
            action: null,
          };
    case 'reconnecting': {
      const text = state.cause === null ? 'The connection is lost.' : ERRORS[state.cause].text;
      const next = attempt(state.retryAt, now);
      const hint = state.queued ? 'Your place in the queue is kept for two minutes.' : 'Your shell goes on.';
      return { label: 'reconnecting', text, hint, next, action: 'Try now' };
    }
    case 'ended':
      return { label: 'ended', text: ending(state), hint: '', next: '', action: 'Start a new shell' };
    case 'refused': {
      const text = textOf(state);
      const hint = hintOf(state);
      if (state.retryAt === null) {
        const action = state.code === 'sandboxes-off' ? null : 'Try again';
        return {
          label: 'not available',
          text,
          hint,
          next: '',
          action: STARTABLE.has(state.code) ? 'Start it again' : action,
        };
      }
      return { label: 'waiting', text, hint, next: attempt(state.retryAt, now), action: 'Try now' };
    }
  }
}

const STARTABLE: ReadonlySet<ErrorCode> = new Set([
  'sandbox-died',
  'sandbox-stopped',
  'session-over',
  'stopped-by-operator',
  'removed-by-operator',
]);

function attempt(retryAt: number | null, now: number): string {
  if (retryAt === null) return 'Connecting again.';
  const seconds = Math.max(1, Math.ceil((retryAt - now) / 1000));
  return seconds === 1 ? 'Next attempt in a second.' : `Next attempt in ${seconds} seconds.`;
}

function ending({ status, signal }: { status: number | null; signal: string | null }): string {
  if (signal !== null) return `The shell was ended by the signal ${signal}.`;
  return status === null || status === 0 ? 'The shell has ended.' : `The shell has ended with status ${status}.`;
}
