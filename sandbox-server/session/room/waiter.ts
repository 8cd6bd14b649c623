/** Who asks for a place, and what comes of it. */
import type { Wait } from '../../protocol/messages.ts';
import type { LearnerError } from '../learner-error.ts';
import type { ToldEstimate } from './estimate.ts';
import type { Guest } from './guest.ts';

/** What comes of asking for a place. */
export interface Asking {
  /** It is let in, and has its place from this call on. */
  granted(): void;
  /** It waits, and for what; called again when that changes. */
  waits(wait: Wait): void;
  /** Whether there is somebody who would wait. */
  patient(): boolean;
}

/** One who asked, until they are let in or refused. */
export interface Waiter {
  readonly learner: string;
  readonly guest: Guest;
  readonly asking: Asking;
  readonly estimate: ToldEstimate;
  readonly settle: (refused?: LearnerError) => void;
  place: number;
  told: string;
}

/** Since when none of the learner's pages is there. */
export function awayMs(waiters: readonly Waiter[]): number {
  return Math.min(...waiters.map(({ guest }) => guest.attendance.idleMs));
}
