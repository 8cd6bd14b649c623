/** What testing a lesson found out. The shape that --json prints. */

export interface LessonOutcome {
  course: string;
  lesson: string;
  /** Counted from 1; more than one with --repeat. */
  run: number;
  ok: boolean;
  ms: number;
  /** Everything that was looked at, in order; the rest of the lesson is left out after a terminal that is stuck. */
  cases: Case[];
}

/** One thing that holds or does not: a block that ended as it should, an output that came, a check that did not pass yet. */
export interface Case {
  kind: 'prepare' | 'run' | 'output' | 'solve' | 'task' | 'move';
  name: string;
  /** Where it stands: `lessons/course/01-lesson/index.md:41`. */
  place: string;
  ms: number;
  fault?: Fault;
  /** The block was another than what came, and was rewritten. */
  recorded?: true;
}

export type FailedCase = Case & { fault: Fault };

export interface Fault {
  /** What happened, one sentence without a full stop. */
  what: string;
  /** What should have; for an author who does not know the rule. */
  expected?: string;
  /** What came, or why: text of the sandbox's. */
  came?: string;
  /** Line by line, where the two can be compared. */
  diff?: string;
  /** The terminal at that moment. */
  screen?: { terminal: string; text: string };
}

export const failuresOf = ({ cases }: Pick<LessonOutcome, 'cases'>) =>
  cases.filter((each): each is FailedCase => each.fault !== undefined);
