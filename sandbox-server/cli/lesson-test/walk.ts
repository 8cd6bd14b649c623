/** Walks a lesson from top to bottom in one sandbox, as a learner who presses every button and does every task. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type { ScriptStep, SolveStep, TaskEntry, TypedStep } from '../../../site/course/manifest.ts';
import type { PlayOutput, PlayStep } from '../../../site/course/play.ts';
import { runScript } from '../../lessons/script.ts';
import { endOfOutput, faultOfScript, performSteps, StepFailed } from '../../lessons/steps.ts';
import type { TypedOutcome, TypingLimits } from '../../lessons/typist.ts';
import { Keyboards } from './keyboards.ts';
import { align, diffOf, matches, normalise, rewritten } from './match-output.ts';
import type { Case, Fault } from './outcome.ts';
import { mustFail, mustPass, passing } from './try-check.ts';

export interface WalkOptions {
  connect: () => Promise<Duplex>;
  /** Path of index.md as faults name it. */
  file: string;
  play: readonly PlayStep[];
  limits: TypingLimits;
  signal: AbortSignal;
}

/** What an output block should hold in place of what it does. */
export interface Rewrite extends Pick<PlayOutput, 'first' | 'last' | 'indent'> {
  /** That of the case in which it showed. */
  place: string;
  lines: string[];
}

/** What goes on in the background may print what its block shows a little later. */
const BACKGROUND_OUTPUT_MS = 5_000;
const LOOK_MS = 200;

/** A fault that stands elsewhere than its case. */
type PlacedFault = Fault & { place?: string };

/** The task that the walk is in. */
interface OpenTask {
  task: TaskEntry;
  /** Something was run in it since its check was last asked. */
  touched: boolean;
  solved: boolean;
  /** Its check says nothing of use, which was told. */
  broken: boolean;
  /** Of an ask: what its solution found out. */
  answer?: string;
}

export class Walk {
  readonly cases: Case[] = [];
  readonly rewrites: Rewrite[] = [];
  /** By task: those that it needs whose checks pass at its start. A later solution may undo an earlier one. */
  readonly holding = new Map<string, TaskEntry[]>();
  readonly #options: WalkOptions;
  readonly #keyboards: Keyboards;
  readonly #done: TaskEntry[] = [];
  #task: OpenTask | undefined;
  /** What the last step printed, now; undefined where nothing of it can be compared. */
  #printed: (() => Promise<string>) | undefined;
  #background = false;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#keyboards = new Keyboards(options.connect, options.limits, options.signal);
  }

  /** Resolves at the lesson's end, or where a terminal is stuck. Rejects where the sandbox is lost. */
  async run(): Promise<void> {
    using _keyboards = this.#keyboards;
    for (const step of this.#options.play) if (!(await this.#step(step))) return;
  }

  /** False: nothing that follows can be tried. */
  async #step(step: PlayStep): Promise<boolean> {
    switch (step.kind) {
      case 'run':
        if (this.#task) this.#task.touched = true;
        return await this.#type('run', firstLine(step.step.text), step.step);
      case 'solve':
        return await this.#solve(step.step);
      case 'output':
        await this.#compare(step);
        return true;
      case 'task':
        return await this.#begin(step.task, this.#at(step.line));
      case 'task-end':
        await this.#end();
        return true;
    }
  }

  async #type(kind: 'run' | 'solve', name: string, step: TypedStep): Promise<boolean> {
    let outcome: TypedOutcome | undefined;
    let stuck = false;
    await this.#case(kind, name, step.place, async () => {
      const typed = await this.#keyboards.type(step);
      ({ outcome, stuck } = typed);
      if (typed.fault === null) return undefined;
      return { what: typed.fault, screen: await this.#keyboards.screen(step.terminal) };
    });
    const came = outcome!;
    this.#background = came.name === 'started';
    this.#printed = () => this.#keyboards.output(step, came);
    return !stuck;
  }

  async #begin(task: TaskEntry, place: string): Promise<boolean> {
    const open: OpenTask = { task, touched: false, solved: false, broken: false };
    this.#task = open;
    const steps = [...task.setup, ...task.live];
    if (steps.length > 0) {
      const prepared = await this.#case('prepare', `setup of task "${task.id}"`, place, () => this.#perform(steps));
      if (!prepared) return false;
    }
    await this.#fails(open, 'at its start');
    const { connect, signal } = this.#options;
    this.holding.set(task.id, await passing(connect, neededBy(task, this.#done), signal));
    this.#done.push(task);
    return true;
  }

  async #fails(open: OpenTask, when: string): Promise<void> {
    const { task, answer } = open;
    if (open.broken) return;
    const name = `the check of "${task.id}" fails ${when}`;
    const { connect, signal } = this.#options;
    open.broken = !(await this.#case('task', name, task.check.place, () => mustFail(connect, task, signal, answer)));
  }

  async #solve(step: SolveStep): Promise<boolean> {
    const open = this.#task!;
    const name = `solution of "${open.task.id}"`;
    if (!open.solved && open.touched) await this.#fails(open, 'before its solution');
    open.solved = true;
    return step.kind === 'typed' ? await this.#type('solve', name, step) : await this.#script(open, name, step);
  }

  async #script(open: OpenTask, name: string, step: ScriptStep): Promise<boolean> {
    return await this.#case('solve', name, step.place, async () => {
      const result = await runScript(this.#options.connect, step, this.#options.signal);
      const printed = result.stdout.toString('utf8');
      this.#printed = async () => printed;
      this.#background = false;
      if (open.task.kind === 'ask') open.answer = printed.trim();
      const what = faultOfScript(step, result);
      return what === null ? undefined : { what, came: endOfOutput(result) };
    });
  }

  async #end(): Promise<void> {
    const open = this.#task!;
    this.#task = undefined;
    const { task, answer } = open;
    // Without a solution nobody knows an answer that is right.
    if (task.kind === 'ask' && answer === undefined) return;
    if (task.kind === 'ask') await this.#fails(open, 'for a wrong answer');
    if (open.broken) return;
    const { connect, signal } = this.#options;
    const name = `the check of "${task.id}" passes after its solution`;
    await this.#case('task', name, task.check.place, () => mustPass(connect, task, signal, answer));
  }

  async #compare(output: PlayOutput): Promise<void> {
    const printed = this.#printed;
    if (output.of === 'copy' || !printed) return;
    const place = this.#at(output.line);
    await this.#case('output', 'output', place, async () => {
      const expected = normalise(output.text);
      let aligned = align(expected, normalise(await printed()));
      const deadline = performance.now() + (this.#background ? BACKGROUND_OUTPUT_MS : 0);
      while (!matches(aligned) && performance.now() < deadline) {
        await sleep(LOOK_MS, undefined, { signal: this.#options.signal });
        aligned = align(expected, normalise(await printed()));
      }
      if (matches(aligned)) return undefined;
      const { first, last, indent } = output;
      this.rewrites.push({ place, first, last, indent, lines: rewritten(aligned) });
      return { what: 'the output is another than the block shows', diff: diffOf(aligned) };
    });
  }

  async #perform(steps: readonly (ScriptStep | TypedStep)[]): Promise<PlacedFault | undefined> {
    const { connect, signal, limits } = this.#options;
    return await performSteps(connect, steps, { signal, limits }).then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof StepFailed)) throw error;
        return { what: error.what, came: error.detail, place: error.place };
      },
    );
  }

  /** Notes one case, and whether it holds. */
  async #case(
    kind: Case['kind'],
    name: string,
    place: string,
    work: () => Promise<PlacedFault | undefined>,
  ): Promise<boolean> {
    const began = performance.now();
    const found = await work();
    const ms = Math.round(performance.now() - began);
    if (!found) this.cases.push({ kind, name, place, ms });
    else {
      const { place: own = place, ...fault } = found;
      this.cases.push({ kind, name, place: own, ms, fault });
    }
    return found === undefined;
  }

  #at(line: number): string {
    return `${this.#options.file}:${line}`;
  }
}

/** The tasks that must be done before this one, and those before them. */
function neededBy({ needs }: TaskEntry, done: readonly TaskEntry[]): TaskEntry[] {
  const needed = new Set(needs);
  // Each stands behind what it needs.
  for (const task of done.toReversed()) if (needed.has(task.id)) for (const id of task.needs) needed.add(id);
  return done.filter(({ id }) => needed.has(id));
}

const NAME_LENGTH = 60;

function firstLine(text: string): string {
  const [line = '', ...others] = text.split('\n');
  const cut = line.length > NAME_LENGTH || others.length > 0;
  return cut ? `${line.slice(0, NAME_LENGTH)} …` : line;
}
