/** What each bench is, and what it is given. */
import type { Section } from './figure.ts';

export interface BenchContext {
  /** `full`, or a tenth of it (at least 5) where a quick look is wanted. */
  count(full: number): number;
  /** Says what goes on, on a terminal only. */
  progress(text: string): void;
  /** Aborted by Ctrl-C: a bench then throws, and what it started is taken down. */
  signal: AbortSignal;
}

export interface Bench {
  name: string;
  /** Starts what it needs, and leaves nothing behind. */
  run(context: BenchContext): Promise<Section>;
}
