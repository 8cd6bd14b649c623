/** Why a sandbox is stopped: its next shells say so. */
import type { ErrorCode } from '../protocol/errors.ts';

/**
 * `idle`: nobody has looked at it for as long as the settings say. `room`: another learner needs its place. `own-room`: another sandbox of its
 * learner does. `time`: its session's time is over. `move`: another
 * sandbox takes its place, and shells follow where that fails. `operator`: whoever runs the server stopped it;
 * `operator-removal`: and deleted its files.
 */
export type StopReason =
  'idle' | 'room' | 'own-room' | 'time' | 'restart' | 'move' | 'removal' | 'operator' | 'operator-removal';

/** The most that an operator may say to a learner, in bytes: `init` takes 200 with the words before it. */
export const MOST_SAID_BYTES = 140;

/** Goes on from "This shell ended when". `said`: the operator's own words. Undefined: no shell will follow. */
export function reasonInWords(reason: StopReason, idleStopMs: number, said?: string): string | undefined {
  switch (reason) {
    case 'idle':
      return `the sandbox was stopped after ${inWords(idleStopMs)} without you`;
    case 'room':
      return 'the sandbox was stopped while you were away, to make room for another learner';
    case 'own-room':
      return 'the sandbox was stopped while you were away, to make room for another one of yours';
    case 'time':
      return 'the time of your session was over';
    case 'restart':
      return 'you restarted the sandbox';
    case 'move':
      return 'the sandbox was to be brought to another task';
    case 'operator':
      return `whoever runs the server stopped it${said === undefined ? '' : `: ${said}`}`;
    case 'removal':
    case 'operator-removal':
      return undefined;
  }
}

const UNITS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1000 },
] as const;

/** In the largest unit of which there are at least two: `60 minutes`. */
export function inWords(ms: number): string {
  const { unit, ms: length } = UNITS.find((each) => ms >= 2 * each.ms) ?? UNITS.at(-1)!;
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }).format(
    ms / length,
  );
}

/** What a page is told whose sandbox ended: it was stopped for a reason, or ended by itself. */
export function codeOfEnd(reason: StopReason | undefined): ErrorCode {
  switch (reason) {
    case undefined:
      return 'sandbox-died';
    case 'time':
      return 'session-over';
    case 'operator':
      return 'stopped-by-operator';
    case 'operator-removal':
      return 'removed-by-operator';
    default:
      return 'sandbox-stopped';
  }
}
