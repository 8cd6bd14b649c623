import type { Clock } from './clock.ts';
import type { Prompt, TerminalEvents } from './element.ts';
import type { TerminalState } from './state.ts';

/** A terminal as far as running a command in it goes. Its events are those of `<slipway-terminal>`. */
export interface RunTarget extends EventTarget {
  readonly state: TerminalState;
  readonly prompt: Prompt | null;
  type(text: string): boolean;
  typeCommand(source: string): boolean;
}

export interface Command {
  /** The block's text, as the author wrote it. */
  source: string;
  /** Ctrl-C first. */
  interrupt: boolean;
  /** The exit status that is meant to come. */
  exit: number;
  /** It does not come to an end, or leads to another program's prompt: nothing waits for it. */
  endless: boolean;
}

export type RunState =
  /** The terminal is on its way. */
  | { name: 'opening' }
  /** Something else runs in the terminal, or nobody knows. `sure` as in the prompt. */
  | { name: 'waiting'; sure: boolean }
  | { name: 'running' }
  /** It was typed, and nothing waits for its end. */
  | { name: 'started' }
  /** `status` is null where nothing told it. `expected`: as the author meant it. */
  | { name: 'ended'; status: number | null; expected: boolean }
  /** The terminal cannot take it. */
  | { name: 'unavailable' }
  /** Another command took its place while it waited. */
  | { name: 'given-up' };

/** After Ctrl-C at a prompt the shell draws its prompt anew; what is typed before is lost. */
const INTERRUPT_MS = 150;

/** A shell that starts would end of Ctrl-C: where the terminal is opened for the command, its first prompt may take this. */
const FIRST_PROMPT_MS = 1000;

/** A wait that is over sooner is not worth a word. */
const PATIENCE_MS = 200;

/** The word that a command ended comes with the prompt, or it does not come at all. */
const STATUS_MS = 300;

const waitingIn = new WeakMap<RunTarget, CommandRun>();

/** One press of a run button: waits for the prompt, types the command, and follows it to its end. */
export class CommandRun {
  readonly #target: RunTarget;
  readonly #command: Command;
  readonly #tell: (state: RunState) => void;
  readonly #clock: Clock;
  readonly #life = new AbortController();
  #typed = false;
  /** The terminal was not there when the button was pressed. */
  #opened = false;
  #interrupted = false;
  /** The terminal was busy, or its connection lost, since the command was typed: the next prompt is after it. */
  #left = false;
  #timer: number | undefined;

  constructor(target: RunTarget, command: Command, clock: Clock, tell: (state: RunState) => void) {
    this.#target = target;
    this.#command = command;
    this.#clock = clock;
    this.#tell = tell;
    const { signal } = this.#life;
    this.#on('slipway-state', () => this.#step(), signal);
    this.#on('slipway-prompt', () => this.#step(), signal);
    this.#on('slipway-command-ended', ({ status }) => this.#typed && this.#end(status), signal);
  }

  start(): void {
    waitingIn.get(this.#target)?.giveUp();
    waitingIn.set(this.#target, this);
    this.#opened = this.#target.state.name !== 'connected';
    if (this.#opened) this.#tell({ name: 'opening' });
    this.#step();
  }

  /** Types it without waiting any longer. */
  runAnyway(): void {
    if (!this.#typed) this.#type();
  }

  giveUp(): void {
    if (!this.#typed) this.#finish({ name: 'given-up' });
  }

  /** Looks at the terminal again; every event leads here. */
  #step(): void {
    const { state, prompt } = this.#target;
    if (state.name === 'ended' || state.name === 'refused') return this.#finish({ name: 'unavailable' });
    if (this.#typed) return this.#follow(state, prompt);
    if (state.name !== 'connected') return;
    if (this.#command.interrupt && !this.#interrupted) return this.#interrupt();
    if (prompt?.waiting) return this.#type();
    this.#later(PATIENCE_MS, () => this.#tell({ name: 'waiting', sure: this.#target.prompt?.sure ?? false }));
  }

  #interrupt(): void {
    if (this.#opened && !this.#target.prompt?.waiting) {
      return this.#later(FIRST_PROMPT_MS, () => {
        this.#opened = false;
        this.#step();
      });
    }
    if (this.#opened) this.#cancel();
    this.#opened = false;
    if (this.#timer !== undefined) return;
    this.#target.type('\u0003');
    this.#later(INTERRUPT_MS, () => {
      this.#interrupted = true;
      this.#step();
    });
  }

  #type(): void {
    this.#cancel();
    if (waitingIn.get(this.#target) === this) waitingIn.delete(this.#target);
    if (!this.#target.typeCommand(this.#command.source)) return this.#finish({ name: 'unavailable' });
    this.#typed = true;
    if (this.#command.endless) this.#finish({ name: 'started' });
    else this.#tell({ name: 'running' });
  }

  #follow(state: TerminalState, prompt: Prompt | null): void {
    if (state.name !== 'connected' || prompt?.waiting === false) this.#left = true;
    if (this.#left && state.name === 'connected' && prompt?.waiting) this.#later(STATUS_MS, () => this.#end(null));
  }

  #end(status: number | null): void {
    this.#finish({ name: 'ended', status, expected: status === null || status === this.#command.exit });
  }

  #finish(state: RunState): void {
    this.#cancel();
    this.#life.abort();
    if (waitingIn.get(this.#target) === this) waitingIn.delete(this.#target);
    this.#tell(state);
  }

  #later(milliseconds: number, callback: () => void): void {
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      callback();
    }, milliseconds);
  }

  #cancel(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #on<K extends keyof TerminalEvents>(name: K, heard: (detail: TerminalEvents[K]) => void, signal: AbortSignal): void {
    this.#target.addEventListener(name, (event) => heard((event as CustomEvent<TerminalEvents[K]>).detail), { signal });
  }
}
