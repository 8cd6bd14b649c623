/** For how long nothing that cannot be undone is done, because the time of day may be wrong. */
import type { Clock } from './clock.ts';

/** Somebody has to see that the clock is wrong, and set it right: so long nothing is ended or deleted for its age. */
const HOLD_MS = 24 * 3_600_000;

/**
 * Where nobody was here for longer than this before a start, the server was off, or its clock is wrong now. In either case
 * nobody could come and look after what is theirs.
 */
const AWAY_MS = 24 * 3_600_000;

export class UnsureTime implements Disposable {
  private readonly clock: Clock;
  private readonly log: { warn(fields: object, text: string): void };
  private readonly watching: Disposable;
  private until = Number.NEGATIVE_INFINITY;

  /** `onJump` is called when the clock has jumped. */
  constructor(clock: Clock, log: UnsureTime['log'], onJump: (ms: number) => void) {
    this.clock = clock;
    this.log = log;
    this.watching = clock.onJump((ms) => {
      onJump(ms);
      this.hold({ jumpedMs: ms }, 'the host’s clock jumped');
    });
  }

  /** Whether nothing is to be ended or deleted for its age now. */
  get held(): boolean {
    return this.clock.steady() < this.until;
  }

  /** The server starts, and somebody was seen last at this time. */
  started(lastSeenAt: number): void {
    const away = this.clock.now() - lastSeenAt;
    if (away > AWAY_MS) this.hold({ awayMs: away }, 'nobody was here for more than a day before this start');
  }

  [Symbol.dispose](): void {
    this.watching[Symbol.dispose]();
  }

  private hold(fields: object, why: string): void {
    this.until = this.clock.steady() + HOLD_MS;
    this.log.warn(fields, `${why}: no sandbox is stopped or deleted for its age for ${HOLD_MS / 3_600_000} hours`);
  }
}
