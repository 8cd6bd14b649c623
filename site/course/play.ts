/**
 * What is run in a lesson, in the order of its text: `slipway lesson test` walks it from top to bottom.
 *
 * Before the first step: `files` and `setup` of the lesson. At `task`: the task's own `setup` and `live`; then its check
 * must fail. Between `task` and `task-end` come the task's run blocks and solutions as the author mixed them; a solution
 * file comes last. At `task-end` the check must pass. Every `run` and typed `solve` must end as it says. An `output` holds
 * what the nearest step before it prints; one of a block that is only copied (`of: 'copy'`) is compared with nothing.
 */
import type { SolveStep, TaskEntry, TypedStep } from './manifest.ts';

export type PlayStep =
  /** `line`: of the directive's opening line, counted from 1, as all lines here are. */
  | { kind: 'task'; task: TaskEntry; line: number }
  /** A block with a run button. `task`: the id of the task that it stands in, null outside of all. */
  | { kind: 'run'; step: TypedStep; task: string | null; line: number }
  /** One of `task.solve`. `line` is 0 for a file's. */
  | { kind: 'solve'; step: SolveStep; task: string; line: number }
  | PlayOutput
  /** `line`: of the directive's end. */
  | { kind: 'task-end'; task: TaskEntry; line: number };

/** An `output` block. */
export interface PlayOutput {
  kind: 'output';
  /** Of its opening marks. */
  line: number;
  text: string;
  /** What it is compared with. */
  of: 'run' | 'solve' | 'copy';
  /** The lines of the file that are its text, for rewriting them. Of an empty block `last` is `first - 1`. */
  first: number;
  last: number;
  /** What stands in the file before each of them. */
  indent: string;
}

/** What is run in a lesson, in order. */
export const playOf = ({ play }: { play: readonly PlayStep[] }): readonly PlayStep[] => play;
