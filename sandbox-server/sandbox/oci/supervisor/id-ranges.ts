/** Host user and group ids for sandboxes: each gets a range that no other has, for as long as its disk exists. */

export interface IdRange {
  base: number;
  size: number;
}

/** What one sandbox of profile `standard` gets: every 16-bit id. */
export const RANGE_SIZE = 65_536;

/** The lowest free range of `RANGE_SIZE` within the host's reserve, or undefined where all are taken. */
export function freeRange(reserve: IdRange, taken: Iterable<IdRange>): IdRange | undefined {
  const sorted = [...taken].sort((a, b) => a.base - b.base);
  let base = reserve.base;
  for (const range of sorted) {
    if (range.base - base >= RANGE_SIZE) break;
    base = Math.max(base, range.base + range.size);
  }
  return base + RANGE_SIZE <= reserve.base + reserve.size ? { base, size: RANGE_SIZE } : undefined;
}
