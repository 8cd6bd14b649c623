import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { freeRange, RANGE_SIZES } from '../../../sandbox-server/sandbox/oci/supervisor/id-ranges.ts';

const RANGE_SIZE = RANGE_SIZES.standard;
const reserve = { base: 1_000_000, size: 4 * RANGE_SIZE };
const slot = (n: number) => ({ base: reserve.base + n * RANGE_SIZE, size: RANGE_SIZE });

test.each([
  ['the first of an empty reserve', [], 0],
  ['the next one', [0], 1],
  ['the gap that a removed sandbox left', [0, 2], 1],
  ['the gap at the beginning', [1, 2], 0],
])('%s', (_title, taken, expected) => {
  expect(freeRange(reserve, taken.map(slot), RANGE_SIZE)).toEqual(slot(expected));
});

test('a gap that is too small is passed over', () => {
  expect(freeRange(reserve, [0, 2].map(slot), RANGE_SIZES.containers)).toBeUndefined();
  expect(freeRange(reserve, [0].map(slot), RANGE_SIZES.containers)).toEqual({
    base: slot(1).base,
    size: RANGE_SIZES.containers,
  });
});

test('a full reserve has none', () => {
  expect(freeRange(reserve, [0, 1, 2, 3].map(slot), RANGE_SIZE)).toBeUndefined();
});

test('a range never meets one that is taken, and stays in the reserve', () => {
  const range = fc.record({
    base: fc.integer({ min: 900_000, max: 1_400_000 }),
    size: fc.integer({ min: 1, max: 200_000 }),
  });
  fc.assert(
    fc.property(fc.array(range, { maxLength: 6 }), fc.constantFrom(...Object.values(RANGE_SIZES)), (taken, size) => {
      const free = freeRange(reserve, taken, size);
      if (!free) return;
      expect(free.size).toBe(size);
      expect(free.base).toBeGreaterThanOrEqual(reserve.base);
      expect(free.base + free.size).toBeLessThanOrEqual(reserve.base + reserve.size);
      for (const other of taken)
        expect(free.base >= other.base + other.size || other.base >= free.base + free.size).toBe(true);
    }),
  );
});
