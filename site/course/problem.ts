/** An author's mistake, told so that it can be mended without reading our code. */
export interface Problem {
  /** The file, relative to the folder that holds the courses' folder: `lessons/…/index.md`. */
  file: string;
  /** Counted from 1. */
  line: number;
  /** Counted from 1, in UTF-16 code units; 1 where the whole line or file is meant. */
  column: number;
  /** What is wrong: `unknown key "autors"`. */
  what: string;
  /** What the format wants in this place. */
  expected: string;
  /** What to write instead, or where to look. */
  mend: string;
}

/** A problem whose place the caller knows. */
export interface Mistake extends Pick<Problem, 'what' | 'expected' | 'mend'> {
  /** Where only a part of that place is wrong: that part, as it is written. */
  word?: string;
}

export function formatProblem({ file, line, column, what, expected, mend }: Problem): string {
  return `${file}:${line}:${column}: ${what}\n  expected: ${expected}\n  mend: ${mend}`;
}

/** All mistakes found in one reading: an author mends them in one go, not one a build. */
export class CourseProblems extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'CourseProblems';
    this.problems = problems;
    // It is shown to authors, whom the place in our code does not help.
    this.stack = this.message;
  }
}

/** The candidate nearest to a word that was not understood, when it is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  // More than a third of the letters wrong is another word, not a slip.
  let least = Math.max(2, Math.ceil(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Letters left out, added, replaced, or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          at(row - 1, column - 1) + (same ? 0 : 1),
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          swapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
