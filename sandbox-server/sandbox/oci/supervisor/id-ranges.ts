/** Host user and group ids for sandboxes: each gets a range that no other has, for as long as its disk exists. */
import type { Profile } from '../../driver.ts';

export interface IdRange {
  base: number;
  size: number;
}

/**
 * How many ids a sandbox gets. `standard`: every 16-bit id. `containers`: twice as many, so that its root can give a user
 * namespace made inside a full range of its own.
 */
export const RANGE_SIZES: Record<Profile, number> = { standard: 65_536, containers: 131_072 };

/** The lowest free range of `size` ids within the host's reserve, or undefined where none is left. */
export function freeRange(reserve: IdRange, taken: Iterable<IdRange>, size: number): IdRange | undefined {
  const sorted = [...taken].sort((a, b) => a.base - b.base);
  let base = reserve.base;
  for (const range of sorted) {
    if (range.base - base >= size) break;
    base = Math.max(base, range.base + range.size);
  }
  return base + size <= reserve.base + reserve.size ? { base, size } : undefined;
}
