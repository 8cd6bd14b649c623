/** What the room needs to know of a learner's sandbox, and may do with it. */
import type { SandboxLimits } from '../../sandbox/driver.ts';
import type { StopReason } from '../stop-reason.ts';

export interface Guest {
  readonly id: string;
  readonly learner: string;
  /** Where its learner was last seen to come from; undefined where that is not known. */
  readonly address: string | undefined;
  readonly spec: { readonly limits: Pick<SandboxLimits, 'memoryBytes'> };
  readonly state: string;
  /** Whether it has a place: it runs, is frozen, is on its way up after it was let in, or on its way down. */
  readonly occupies: boolean;
  readonly attendance: { readonly viewed: boolean; readonly idleMs: number };
  /** When it is stopped, whoever looks, in milliseconds since 1970; null: never. */
  readonly time: { readonly endsAt: number | null };
  stop(reason: StopReason): Promise<void>;
}

/** A sandbox that nobody has looked at for this long may be stopped for somebody who waits, in milliseconds. */
export const MAY_YIELD_MS = 5 * 60_000;

/** The same for another one of its own learner's: longer than a page takes to load anew. */
const MAY_YIELD_TO_OWN_MS = 15_000;

/** Those that may be stopped for somebody else, the first best: what is frozen does nothing for anybody. */
export function thatMayYield<G extends Guest>(guests: readonly G[], { own = false } = {}): G[] {
  const least = own ? MAY_YIELD_TO_OWN_MS : MAY_YIELD_MS;
  const frozen = ({ state }: G) => Number(state === 'frozen');
  return guests
    .filter(({ occupies, attendance }) => occupies && !attendance.viewed && attendance.idleMs >= least)
    .sort((a, b) => frozen(b) - frozen(a) || b.attendance.idleMs - a.attendance.idleMs);
}

/** In how many milliseconds places will be free if nobody comes, the soonest first. */
export function knownEnds(guests: readonly Guest[], now: number): number[] {
  return guests
    .filter(({ occupies }) => occupies)
    .map(({ attendance, time: { endsAt } }) =>
      Math.min(
        attendance.viewed ? Number.POSITIVE_INFINITY : Math.max(0, MAY_YIELD_MS - attendance.idleMs),
        endsAt === null ? Number.POSITIVE_INFINITY : Math.max(0, endsAt - now),
      ),
    )
    .filter((ms) => ms < Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b);
}
