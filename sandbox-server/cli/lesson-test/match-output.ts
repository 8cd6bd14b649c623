/** Compares what an output fence says with what came: `<name>` is any word, a line `...` any lines. */

/** One line of the comparison, in order. */
export type Aligned =
  | { kind: 'same'; expected: string; came: string }
  /** Lines that `...` stands for, perhaps none. */
  | { kind: 'any'; expected: string; came: string[] }
  /** A line that differs. */
  | { kind: 'other'; expected: string; came: string }
  | { kind: 'missing'; expected: string }
  | { kind: 'extra'; came: string };

const PLACEHOLDER = /<[a-z0-9][a-z0-9-]*>/g;
const ANY_LINES = '...';

/** Most lines of either side that are compared; a lesson shows fewer, and the work grows with both. */
export const MAX_LINES = 2000;

/** Lines without spaces at their ends, and without empty ones at the end of all. */
export function normalise(text: string): string[] {
  return withoutEmptyEnd(text.split('\n').map((line) => line.trimEnd())).slice(0, MAX_LINES);
}

function withoutEmptyEnd(lines: readonly string[]): string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}

export const matches = (aligned: readonly Aligned[]) => aligned.every(({ kind }) => kind === 'same' || kind === 'any');

/**
 * Aligns both so that as little as possible differs. Where the fence has a placeholder anywhere, spaces between words
 * may be of any number in all of its lines: columns move with the widths of what stands in them.
 */
export function align(expected: readonly string[], came: readonly string[]): Aligned[] {
  const loose = expected.some((line) => line.search(PLACEHOLDER) >= 0);
  const patterns = expected.map((line) => patternOf(line, loose));
  const cost = costs(patterns, came);
  const aligned: Aligned[] = [];
  let [i, j] = [0, 0];
  while (i < patterns.length || j < came.length) {
    const pattern = patterns[i];
    const line = came[j];
    const left = cost[i]![j]!;
    if (pattern === null) {
      const lines: string[] = [];
      while (j < came.length && cost[i + 1]![j] !== cost[i]![j]) lines.push(came[j++]!);
      aligned.push({ kind: 'any', expected: expected[i]!, came: lines });
      i++;
    } else if (pattern && line !== undefined && pattern.test(line) && left === cost[i + 1]![j + 1]) {
      aligned.push({ kind: 'same', expected: expected[i++]!, came: came[j++]! });
    } else if (pattern && line !== undefined && left === cost[i + 1]![j + 1]! + OTHER) {
      aligned.push({ kind: 'other', expected: expected[i++]!, came: came[j++]! });
    } else if (pattern && left === cost[i + 1]![j]! + MISSING) {
      aligned.push({ kind: 'missing', expected: expected[i++]! });
    } else {
      aligned.push({ kind: 'extra', came: came[j++]! });
    }
  }
  return aligned;
}

/**
 * A line of the fence that did not come; one that came and is not in the fence; one in place of another. The first is no
 * cheaper than the last: a line `...`, which takes any for nothing, would else swallow what differs beside it.
 */
const MISSING = 4;
const EXTRA = 2;
const OTHER = 4;

/** `cost[i][j]`: of aligning everything from line `i` of the fence and line `j` of what came. */
function costs(patterns: readonly (RegExp | null)[], came: readonly string[]): number[][] {
  const cost = Array.from({ length: patterns.length + 1 }, () => Array.from({ length: came.length + 1 }, () => 0));
  for (let i = patterns.length; i >= 0; i--) {
    for (let j = came.length; j >= 0; j--) {
      const pattern = patterns[i];
      const ways: number[] = [];
      if (i === patterns.length) ways.push((came.length - j) * EXTRA);
      else if (pattern === null) {
        ways.push(cost[i + 1]![j]!);
        if (j < came.length) ways.push(cost[i]![j + 1]!);
      } else {
        ways.push(cost[i + 1]![j]! + MISSING);
        if (j < came.length) {
          ways.push(cost[i]![j + 1]! + EXTRA);
          ways.push(cost[i + 1]![j + 1]! + (pattern!.test(came[j]!) ? 0 : OTHER));
        }
      }
      cost[i]![j] = Math.min(...ways);
    }
  }
  return cost;
}

/** Null for a line that stands for any lines. */
function patternOf(line: string, loose: boolean): RegExp | null {
  if (line.trim() === ANY_LINES) return null;
  const source = line
    .split(/(<[a-z0-9][a-z0-9-]*>|\s+)/)
    .map((part) => {
      if (part.search(PLACEHOLDER) === 0) return String.raw`\S+`;
      return loose && /^\s+$/.test(part) ? String.raw`\s+` : RegExp.escape(part);
    })
    .join('');
  return new RegExp(loose ? String.raw`^\s*${source.replace(/^\\s\+/, '')}$` : `^${source}$`);
}

/**
 * The fence as it should be after `came`: lines that still match stay as they are, and of a line that differs in some
 * words the placeholders that still stand for one.
 */
export function rewritten(aligned: readonly Aligned[]): string[] {
  return aligned.flatMap((each) => {
    switch (each.kind) {
      case 'same':
      case 'any':
        return [each.expected];
      case 'other':
        return [keepPlaceholders(each.expected, each.came)];
      case 'missing':
        return [];
      case 'extra':
        return [each.came];
    }
  });
}

function keepPlaceholders(expected: string, came: string): string {
  const words = expected.trim().split(/\s+/);
  const parts = came.split(/(\s+)/);
  const places = parts.flatMap((part, index) => (/\S/.test(part) ? [index] : []));
  if (places.length !== words.length) return came;
  for (const [index, word] of words.entries()) {
    const place = places[index]!;
    if (word.search(PLACEHOLDER) >= 0 && patternOf(word, false)!.test(parts[place]!)) parts[place] = word;
  }
  return parts.join('');
}

/** The comparison for a person: `-` before what was expected and did not come, `+` before what came. */
export function diffOf(aligned: readonly Aligned[]): string {
  return aligned
    .flatMap((each) => {
      switch (each.kind) {
        case 'same':
          return [`  ${each.expected}`];
        case 'any':
          return [`  ${each.expected}`];
        case 'other':
          return [`- ${each.expected}`, `+ ${each.came}`];
        case 'missing':
          return [`- ${each.expected}`];
        case 'extra':
          return [`+ ${each.came}`];
      }
    })
    .join('\n');
}
