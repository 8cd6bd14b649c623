/** What becomes of learners' sandboxes, for whoever keeps account of it: figures, and the record of who had what. */
import type { ErrorCode } from '../protocol/errors.ts';
import type { StartStage } from '../protocol/messages.ts';
import type { SandboxSpec } from '../sandbox/driver.ts';
import type { StopReason } from './stop-reason.ts';

export type Happening =
  /** The learner got it: it has an id and no disk yet. */
  | { event: 'given' }
  /** A stage of its start is over, after so many seconds. */
  | { event: 'stage'; stage: StartStage; seconds: number }
  | { event: 'started' }
  | { event: 'not-started'; code: ErrorCode }
  | { event: 'frozen' }
  | { event: 'thawed' }
  | { event: 'stopped'; reason: StopReason }
  /** It ended, and nobody had asked for that. */
  | { event: 'died' }
  /** It is slowed down, for it was busy for long with nobody there; and not any more. */
  | { event: 'throttled' }
  | { event: 'unthrottled'; reason: 'returned' | 'quiet' }
  /** Another one took its place, for a reset or a jump. `from` is that before. */
  | { event: 'moved'; from: string }
  /** Its files are kept longer, or it may run longer: in milliseconds since 1970. */
  | { event: 'extended'; what: 'files' | 'session'; until: number }
  | { event: 'destroyed' };

/** Whose sandbox it is. */
export interface Whose {
  readonly id: string;
  readonly learner: string;
  readonly course: string;
  readonly spec: SandboxSpec;
}

export type OnHappening = (whose: Whose, happening: Happening) => void;
