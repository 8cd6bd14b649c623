import type { Mistake, Problem } from './problem.ts';

/** Where something begins in its file. */
export interface Placed {
  /** Counted from 1, as the file's are. */
  line: number;
  /** Counted from 1. */
  column: number;
  /** Counted from 0, from the start of the file. All three count UTF-16 code units. */
  offset: number;
}

/** Where a problem is, to its file. */
export type Spot = Pick<Problem, 'file' | 'line' | 'column'>;

interface Positioned {
  position?: { start: { line: number; column: number; offset?: number | undefined } } | undefined;
}

/** Where a node of a parsed source begins. */
export function placeOf({ position }: Positioned): Placed {
  const { line, column, offset = 0 } = position?.start ?? START;
  return { line, column, offset };
}

export const START: Placed = { line: 1, column: 1, offset: 0 };

/** A mistake in what begins at `from`, as a problem of the file: at the wrong word, where that is named and found. */
export function problemAt(file: string, source: string, from: Placed, { word, ...mistake }: Mistake): Problem {
  const offset = word ? source.indexOf(word, from.offset) : -1;
  const { line, column } = offset < 0 ? from : placeIn(source, offset);
  return { file, line, column, ...mistake };
}

function placeIn(source: string, offset: number): Placed {
  const before = source.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - start + 1, offset };
}
