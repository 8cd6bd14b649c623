/** What the benchmark finds: figures, in sections. The JSON file has the same shape. */

export type Unit = 'ms' | 'MB/s' | 'MB' | 'kB' | '×' | '%' | '';

export interface Spread {
  n: number;
  p50: number;
  p95: number;
  p99: number;
}

export interface Figure extends Spread {
  /** Permanent: what later runs are compared by. */
  name: string;
  /** What was measured, in words. */
  what: string;
  unit: Unit;
  target?: { text: string; met: boolean };
}

export interface Section {
  name: string;
  title: string;
  figures: Figure[];
  /** What the figures mean and what they leave out, for the reader of the table. */
  notes: string[];
}

interface Target {
  limit: number;
  /** Which percentile it is for; p50 where it is not said. */
  of?: 'p50' | 'p95';
  text: string;
}

interface FigureOptions {
  /** Which way is better. p95 is what 95 of 100 measurements are as good as, so for `more` it lies below p50. */
  better?: 'less' | 'more';
  target?: Target;
}

/** The nearest-rank percentiles of what was measured: each is a value that occurred. */
export function spread(values: readonly number[], better: 'less' | 'more' = 'less'): Spread {
  if (values.length === 0) throw new Error('nothing was measured');
  const sorted = values.toSorted((a, b) => (better === 'less' ? a - b : b - a));
  const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  return { n: sorted.length, p50: rank(0.5), p95: rank(0.95), p99: rank(0.99) };
}

export function figure(
  name: string,
  what: string,
  unit: Unit,
  values: readonly number[] | Spread,
  { better = 'less', target }: FigureOptions = {},
): Figure {
  const found = 'p50' in values ? values : spread(values, better);
  const base = { name, what, unit, ...found };
  if (!target) return base;
  const value = found[target.of ?? 'p50'];
  const met = better === 'less' ? value <= target.limit : value >= target.limit;
  return { ...base, target: { text: target.text, met } };
}

/** One spread over another, percentile by percentile. */
export function ratio(over: Spread, under: Spread): Spread {
  return {
    n: Math.min(over.n, under.n),
    p50: over.p50 / under.p50,
    p95: over.p95 / under.p95,
    p99: over.p99 / under.p99,
  };
}
