/** Performs a lesson's steps in a sandbox, in order: scripts unseen, commands typed into terminals. Knows no HTTP. */
import type { Duplex } from 'node:stream';
import type { ScriptStep, TypedStep } from '../../site/course/manifest.ts';
import type { CommandResult } from '../sandbox/init/ask.ts';
import { runScript } from './script.ts';
import { endOfPrompt, TYPING_LIMITS, Typist, type TypedOutcome, type TypingLimits } from './typist.ts';

export type Step = ScriptStep | TypedStep;

/** A step did not do what its author meant. `message` is for authors and operators, never for a learner. */
export class StepFailed extends Error {
  override name = 'StepFailed';
  /** Where the step stands in the lesson. */
  readonly place: string;
  /** How it came out otherwise than it should. */
  readonly what: string;
  /** What the step does. */
  readonly text: string;
  /** The end of what it printed; empty where it printed nothing. */
  readonly detail: string;

  constructor(place: string, text: string, what: string, detail: string) {
    super(`${place}: ${what}`);
    this.place = place;
    this.what = what;
    this.text = text;
    this.detail = detail;
  }
}

export interface StepOptions {
  /** Aborted: a script is killed, what was typed goes on; the call rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Before each step. */
  onStep?(step: Step): void;
  limits?: TypingLimits;
}

/** How much of what a failed step printed is told. */
const DETAIL_LINES = 20;

/**
 * Resolves when all were done. Processes that they left behind, terminals and nested shells live on. Rejects with
 * `StepFailed` at the first that fails, and as the stream does where the sandbox ends.
 */
export async function performSteps(
  connect: () => Promise<Duplex>,
  steps: readonly Step[],
  { signal, onStep, limits }: StepOptions = {},
): Promise<void> {
  using terminals = new Terminals(connect, signal);
  for (const step of steps) {
    onStep?.(step);
    if (step.kind === 'script') await performScript(connect, step, signal);
    else await performTyped(await terminals.get(step.terminal), step, limits);
  }
}

async function performScript(connect: () => Promise<Duplex>, step: ScriptStep, signal?: AbortSignal): Promise<void> {
  const result = await runScript(connect, step, signal);
  const fault = faultOfScript(step, result);
  if (fault !== null) throw new StepFailed(step.place, step.text, fault, endOfOutput(result));
}

async function performTyped(typist: Typist, step: TypedStep, limits?: TypingLimits): Promise<void> {
  const fault = faultOf(step, await typist.run(step, limits), limits);
  if (fault !== null) throw new StepFailed(step.place, step.text, fault, typist.lastLines(DETAIL_LINES));
}

/** How a script ended otherwise than it should; null where it did not. */
export function faultOfScript(step: ScriptStep, { status, signal, timedOut }: CommandResult): string | null {
  if (timedOut) return `the script had not ended after ${step.timeoutMs / 1000} s`;
  if (signal !== null) return `the script was ended by signal ${signal}`;
  return status === 0 ? null : `the script ended with ${status}`;
}

/** How a typed command came out otherwise than its author meant; null where it did not. */
export function faultOf(
  step: Pick<TypedStep, 'exit' | 'background' | 'opens' | 'terminal'>,
  outcome: TypedOutcome,
  limits: TypingLimits = TYPING_LIMITS,
): string | null {
  const seconds = (ms: number) => `${ms / 1000} s`;
  switch (outcome.name) {
    case 'ended': {
      const status = outcome.status ?? 'its prompt';
      if (step.opens !== null) return `the block ended with ${status} instead of opening "${step.opens}"`;
      if (step.background) return `the block ended with ${status} instead of going on`;
      return outcome.status === null || status === step.exit
        ? null
        : `the block ended with ${status}, not ${step.exit}`;
    }
    case 'started':
      return null;
    case 'opened':
      if (step.opens === null) {
        return `the block leads to another prompt, and its fence should say opens="${endOfPrompt(outcome.prompt)}"`;
      }
      return outcome.prompt.endsWith(step.opens)
        ? null
        : `the block leads to the prompt "${outcome.prompt}", which does not end with "${step.opens}"`;
    case 'no-prompt':
      return `the block could not be typed: terminal "${step.terminal}" had no prompt within ${seconds(limits.promptMs)}`;
    case 'unfinished':
      return 'the shell waits for more: the block leaves a quotation, a bracket or a here-document open';
    case 'no-end':
      return step.opens === null
        ? `the block had not ended after ${seconds(limits.endMs)}; if it is to go on, its fence should say background`
        : `no prompt that ends with "${step.opens}" came within ${seconds(limits.endMs)}`;
    case 'shell-ended':
      return `the block ended the shell in terminal "${step.terminal}"`;
  }
}

/** The last lines of a script's output, its errors after the rest. */
export function endOfOutput({ stdout, stderr }: CommandResult): string {
  const lines = `${stdout.toString('utf8')}\n${stderr.toString('utf8')}`.split('\n').filter((line) => line !== '');
  return lines.slice(-DETAIL_LINES).join('\n');
}

/** Typists by the name of their terminal, as they are needed. */
class Terminals implements Disposable {
  readonly #open = new Map<string, Typist>();
  readonly #connect: () => Promise<Duplex>;
  readonly #signal: AbortSignal | undefined;

  constructor(connect: () => Promise<Duplex>, signal: AbortSignal | undefined) {
    this.#connect = connect;
    this.#signal = signal;
  }

  async get(name: string): Promise<Typist> {
    const typist =
      this.#open.get(name) ?? (await Typist.open(this.#connect, name, this.#signal && { signal: this.#signal }));
    this.#open.set(name, typist);
    return typist;
  }

  [Symbol.dispose](): void {
    for (const typist of this.#open.values()) typist[Symbol.dispose]();
  }
}
