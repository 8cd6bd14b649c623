/** How long properties are tried for, and values that parsers meet more often than chance would have it. */
import * as fc from 'fast-check';
import { counted } from './counts.ts';

/** For what takes microseconds. */
export const MANY = { numRuns: counted({ usual: 300, long: 10_000 }) };

/** For what takes a millisecond or more: a lesson that is parsed, an emulator that is written to. */
export const SOME = { numRuns: counted({ usual: 60, long: 1_000 }) };

/** Any text at all, halves of pairs and control characters among it. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.array(fc.nat(0xffff), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
);

/** Text that is put together from these pieces and a little of anything: near to what a parser takes. */
export function textOf(...pieces: string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: anyText }), {
      maxLength: 24,
    })
    .map((parts) => parts.join(''));
}

/** Objects that have these keys, all or some of them, with values that fit or not, and perhaps keys besides. */
export function nearly(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  const spoilt = Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<unknown> }),
    ]),
  );
  return fc
    .tuple(
      fc.record(spoilt),
      fc.option(fc.tuple(fc.constantFrom(...Object.keys(fields), '__proto__', 'constructor', 'x'), fc.boolean()), {
        freq: 6,
        nil: undefined,
      }),
    )
    .map(([whole, change]) => {
      if (change === undefined) return whole;
      const [key, more] = change;
      if (!more) return Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key));
      return JSON.parse(`{${JSON.stringify(key)}:1,${JSON.stringify(whole).slice(1)}`) as object;
    });
}

/** A whole cut into pieces anywhere. */
export function pieces<T extends { length: number; subarray(from: number, to: number): T }>(
  whole: T,
  cuts: number[],
): T[] {
  const ends = [...new Set(cuts.map((n) => n % (whole.length + 1))), whole.length].sort((a, b) => a - b);
  return ends.map((end, index) => whole.subarray(index === 0 ? 0 : ends[index - 1]!, end));
}
