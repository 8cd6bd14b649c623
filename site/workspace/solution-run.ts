import type { SolutionStep } from '../../sandbox-server/protocol/lesson.ts';
import type { Clock } from '../terminal/clock.ts';
import type { Prompt } from '../terminal/element.ts';
import { CommandRun, type RunState, type RunTarget } from '../terminal/run.ts';

export type TypedSolutionStep = SolutionStep & { terminal: string };

export type SolutionState =
  /** `at` counts from 0. */
  | { name: 'step'; at: number; run: RunState }
  | { name: 'done' }
  /** The steps after this one are not typed: it did not end as it was meant to, or could not be typed. */
  | { name: 'stopped'; at: number; run: RunState };

export const isTyped = (step: SolutionStep): step is TypedSolutionStep => step.terminal !== null;

/**
 * How long a program that was started in a terminal has to take it over. A prompt that was there before it came is no
 * prompt of its own.
 */
const TAKE_OVER_MS = 1_000;

/** Types the steps of a solution one after the other, each into its terminal, and follows each to its end. */
export class SolutionRun {
  readonly #steps: readonly TypedSolutionStep[];
  readonly #target: (terminal: string) => RunTarget | undefined;
  readonly #clock: Clock;
  readonly #tell: (state: SolutionState) => void;
  #current: CommandRun | undefined;
  #stopped = false;

  constructor(
    steps: readonly TypedSolutionStep[],
    target: (terminal: string) => RunTarget | undefined,
    clock: Clock,
    tell: (state: SolutionState) => void,
  ) {
    this.#steps = steps;
    this.#target = target;
    this.#clock = clock;
    this.#tell = tell;
  }

  async start(): Promise<void> {
    for (const [at, step] of this.#steps.entries()) {
      const target = this.#target(step.terminal);
      const run = target === undefined ? ({ name: 'unavailable' } as const) : await this.#run(target, step, at);
      if (this.#stopped) return;
      if (!wentWell(run)) return this.#tell({ name: 'stopped', at, run });
      const again = this.#steps.slice(at + 1).some(({ terminal }) => terminal === step.terminal);
      if (run.name === 'started' && again) await takenOver(target!, this.#clock);
    }
    this.#tell({ name: 'done' });
  }

  /** Types the step that waits for a prompt without waiting any longer. */
  runAnyway(): void {
    this.#current?.runAnyway();
  }

  giveUp(): void {
    this.#stopped = true;
    this.#current?.giveUp();
  }

  #run(target: RunTarget, step: TypedSolutionStep, at: number): Promise<RunState> {
    const { promise, resolve } = Promise.withResolvers<RunState>();
    const { text: source, interrupt, exit, background, opens } = step;
    const command = { source, interrupt, exit, endless: background || opens !== null };
    this.#current = new CommandRun(target, command, this.#clock, (run) => {
      this.#tell({ name: 'step', at, run });
      if (['started', 'ended', 'unavailable', 'given-up'].includes(run.name)) resolve(run);
    });
    this.#current.start();
    return promise;
  }
}

const wentWell = (run: RunState) => run.name === 'started' || (run.name === 'ended' && run.expected);

/** Waits until the terminal has been seen busy, or has had the time to be. */
function takenOver(target: RunTarget, clock: Clock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const life = new AbortController();
  const over = () => {
    life.abort();
    clock.clearTimeout(timer);
    resolve();
  };
  const timer = clock.setTimeout(over, TAKE_OVER_MS);
  const heard = (event: Event) => !(event as CustomEvent<Prompt>).detail.waiting && over();
  target.addEventListener('slipway-prompt', heard, { signal: life.signal });
  return promise;
}
