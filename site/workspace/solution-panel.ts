import type { SolutionAnswer, SolutionStep } from '../../sandbox-server/protocol/lesson.ts';
import { browserClock } from '../terminal/clock.ts';
import { make } from '../terminal/dom.ts';
import type { Outcome } from './api.ts';
import { isTyped, SolutionRun, type SolutionState, type TypedSolutionStep } from './solution-run.ts';
import type { SlipwayTerminals } from './terminals.ts';

/** A task's solution: asked for when the learner wants it, and then run with one button. */
export class SolutionPanel {
  readonly #button: HTMLButtonElement;
  readonly #fetch: () => Promise<Outcome<SolutionAnswer>>;
  readonly #ran: () => void;
  readonly #panel = make('section', { class: 'solution', 'aria-label': 'Solution', hidden: '' });
  #state: 'none' | 'asked' | 'there' | 'failed' = 'none';
  #loaded: Promise<void> | undefined;
  #run: SolutionRun | undefined;

  /** `ran` is called when all of it was typed. */
  constructor(
    button: HTMLButtonElement,
    container: HTMLElement,
    { fetch, ran }: { fetch: () => Promise<Outcome<SolutionAnswer>>; ran: () => void },
    signal: AbortSignal,
  ) {
    this.#button = button;
    this.#fetch = fetch;
    this.#ran = ran;
    container.append(this.#panel);
    button.addEventListener('click', () => void this.#press(), { signal });
    signal.addEventListener('abort', () => this.#run?.giveUp());
  }

  /** On paper stands what the learner has looked at, also on another day: it is fetched before it is wanted, once. */
  prepare(): void {
    if (this.#state === 'none') this.#loaded = this.#load();
  }

  async #press(): Promise<void> {
    if (!this.#panel.hidden) return this.#show(false);
    if (this.#state === 'none' || this.#state === 'failed') this.#loaded = this.#load();
    await this.#loaded;
    this.#show(true);
  }

  async #load(): Promise<void> {
    this.#state = 'asked';
    const outcome = await this.#fetch();
    this.#state = outcome.ok ? 'there' : 'failed';
    if (outcome.ok) this.#write(outcome.answer.steps);
    else this.#panel.replaceChildren(make('p', { role: 'alert' }, outcome.message));
  }

  #show(shown: boolean): void {
    this.#panel.hidden = !shown;
    this.#button.setAttribute('aria-expanded', String(shown));
    const label = this.#button.querySelector('span');
    if (label !== null) label.textContent = shown ? 'Hide the solution' : 'Show the solution';
  }

  #write(steps: readonly SolutionStep[]): void {
    const head = make('p', { class: 'solution-head' }, 'Solution');
    head.append(make('span', { class: 'quiet' }, 'It is noted that you looked.'));
    const typed = steps.filter(isTyped);
    this.#panel.replaceChildren(head, ...steps.flatMap(blockOf), ...(typed.length > 0 ? [this.#runner(typed)] : []));
  }

  #runner(steps: readonly TypedSolutionStep[]): HTMLElement {
    const run = make('button', { type: 'button', class: 'button' }, 'Run the solution');
    const note = make('p', { class: 'quiet', role: 'status' });
    run.addEventListener('click', () => {
      if (run.dataset['state'] === 'waiting') return this.#run?.runAnyway();
      if (run.getAttribute('aria-disabled') === 'true') return;
      this.#run = new SolutionRun(steps, terminalOf, browserClock, (state) => {
        tell(state, steps, run, note);
        if (state.name === 'done') this.#ran();
      });
      void this.#run.start();
    });
    return make('div', { class: 'solution-run' }, run, note);
  }
}

function terminalOf(name: string) {
  const pane = document.querySelector<SlipwayTerminals>('slipway-terminals');
  pane?.reveal();
  return pane?.select(name);
}

/** As the author's own blocks; what it is typed into stands above it where it is not clear. */
function blockOf(
  { text, terminal, background, opens }: SolutionStep,
  index: number,
  all: readonly SolutionStep[],
): Node[] {
  const copy = make('button', { type: 'button', class: 'code-copy', 'data-action': 'copy' }, make('span', {}, 'Copy'));
  const block = make('slipway-code' as 'div', { 'data-kind': 'copy', 'data-source': text });
  block.append(
    make('pre', { class: 'plain-code' }, make('code', {}, text)),
    make('div', { class: 'code-controls' }, copy),
  );
  const several = new Set(all.map(({ terminal }) => terminal)).size > 1;
  const where = terminal !== null && several ? `In ${terminal}` : '';
  const how = background ? 'goes on running' : opens !== null ? 'leads to another prompt' : '';
  const words = [where, how].filter(Boolean).join(', ');
  return words === '' ? [block] : [make('p', { class: 'solution-where quiet' }, `${words}:`), block];
}

function tell(state: SolutionState, steps: readonly unknown[], run: HTMLElement, note: HTMLElement): void {
  const { text, words, busy } = wordsOf(state, steps.length);
  run.textContent = text;
  note.textContent = words;
  run.dataset['state'] = state.name === 'step' ? state.run.name : state.name;
  run.setAttribute('aria-disabled', String(busy));
}

function wordsOf(state: SolutionState, count: number): { text: string; words: string; busy: boolean } {
  if (state.name === 'done') return { text: 'Run the solution', words: 'All of it was run.', busy: false };
  const step = count === 1 ? '' : `Step ${state.at + 1} of ${count}`;
  if (state.name === 'stopped') {
    const words =
      state.run.name === 'ended'
        ? `${step || 'It'} ended with ${state.run.status}. Look at the terminal.`
        : 'The terminal cannot take it now; it says why.';
    return { text: 'Run the solution', words, busy: false };
  }
  if (state.run.name === 'waiting') {
    return {
      text: 'Run anyway',
      words: 'The terminal is busy. This goes on as soon as its prompt is back.',
      busy: false,
    };
  }
  return { text: 'Running', words: step, busy: true };
}
