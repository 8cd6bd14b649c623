/** The terminals of one sandbox, each with somebody who types and a screen that shows what came. */
import type { Duplex } from 'node:stream';
import type { TypedStep } from '../../../site/course/manifest.ts';
import { faultOf } from '../../lessons/steps.ts';
import { Typist, type TypedOutcome, type TypingLimits } from '../../lessons/typist.ts';
import { linesOf } from '../../protocol/typing.ts';
import { EmulatedScreen, rendered } from './screen.ts';

interface Keyboard {
  typist: Typist;
  screen: EmulatedScreen;
}

export interface TypedResult {
  outcome: TypedOutcome;
  /** How it came out otherwise than its author meant. */
  fault: string | null;
  /** Nothing can be typed into this terminal any more. */
  stuck: boolean;
}

export class Keyboards implements Disposable {
  readonly #connect: () => Promise<Duplex>;
  readonly #limits: TypingLimits;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, Keyboard>();

  constructor(connect: () => Promise<Duplex>, limits: TypingLimits, signal: AbortSignal) {
    this.#connect = connect;
    this.#limits = limits;
    this.#signal = signal;
  }

  async type(step: TypedStep): Promise<TypedResult> {
    const { typist } = await this.#keyboard(step.terminal);
    const outcome = await typist.run(step, this.#limits);
    const fault = faultOf(step, outcome, this.#limits);
    // The screen is shown then.
    if (fault !== null) await typist.settle();
    return { outcome, fault, stuck: STUCK.includes(outcome.name) };
  }

  /** What the last command in the step's terminal has printed so far, as on a screen: without prompt and echo. */
  async output(step: TypedStep, outcome: TypedOutcome): Promise<string> {
    const { bytes, echoed } = (await this.#keyboard(step.terminal)).typist.output();
    const lines = (await rendered(bytes)).split('\n');
    // Where no marks stand around it, the last line is the prompt that came after.
    if (outcome.name === 'opened' || (echoed && outcome.name === 'ended')) lines.pop();
    return (echoed ? withoutEcho(lines, linesOf(step.text)) : lines).join('\n');
  }

  async screen(terminal: string): Promise<{ terminal: string; text: string }> {
    const { screen } = await this.#keyboard(terminal);
    return { terminal, text: await screen.visible() };
  }

  [Symbol.dispose](): void {
    for (const { typist, screen } of this.#open.values()) {
      typist[Symbol.dispose]();
      screen[Symbol.dispose]();
    }
  }

  async #keyboard(name: string): Promise<Keyboard> {
    const open = this.#open.get(name);
    if (open) return open;
    const screen = new EmulatedScreen();
    const onPrinted = (bytes: Buffer) => screen.write(Buffer.from(bytes));
    const typist = await Typist.open(this.#connect, name, { signal: this.#signal, onPrinted });
    this.#open.set(name, { typist, screen });
    return { typist, screen };
  }
}

const STUCK: readonly TypedOutcome['name'][] = ['no-prompt', 'unfinished', 'no-end', 'shell-ended'];

/** What is typed comes back once, line by line: the first where the cursor was, each other behind a prompt. */
function withoutEcho(lines: readonly string[], typed: readonly string[]): string[] {
  const rest = [...lines];
  let from = 0;
  for (const command of typed) {
    const at = rest.findIndex((line, index) => index >= from && line.trimEnd().endsWith(command.trimEnd()));
    if (at < 0) continue;
    rest.splice(at, 1);
    from = at;
  }
  return rest;
}
