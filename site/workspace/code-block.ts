import { copyText } from '../terminal/clipboard.ts';
import { browserClock } from '../terminal/clock.ts';
import { make } from '../terminal/dom.ts';
import { CommandRun, type RunState } from '../terminal/run.ts';
import type { SlipwayTerminals } from './terminals.ts';

/** How long "Copied" stands in place of "Copy". */
const COPIED_MS = 2_000;

/** `<slipway-code>`: a block of the lesson with its copy button, and its run button where it has one. */
export class SlipwayCode extends HTMLElement {
  #run: CommandRun | undefined;
  #state: RunState | undefined;
  #life: AbortController | undefined;

  connectedCallback(): void {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#button('copy')?.addEventListener('click', () => void this.#copy(), { signal });
    this.#button('run')?.addEventListener('click', () => this.#press(), { signal });
    this.#followWidth(signal);
  }

  disconnectedCallback(): void {
    this.#life?.abort();
    this.#run?.giveUp();
  }

  /** Lines that are longer than the block is wide must be within reach of the keyboard. */
  #followWidth(signal: AbortSignal): void {
    const pre = this.querySelector('pre');
    if (pre === null) return;
    const observer = new ResizeObserver(() => {
      const scrolls = pre.scrollWidth > pre.clientWidth;
      pre.toggleAttribute('tabindex', scrolls);
      if (scrolls) pre.tabIndex = 0;
    });
    observer.observe(pre);
    signal.addEventListener('abort', () => observer.disconnect());
  }

  #button(action: 'run' | 'copy'): HTMLButtonElement | null {
    return this.querySelector(`[data-action='${action}']`);
  }

  /** As the author wrote it, never read from the rendered lines. */
  get #source(): string {
    return this.dataset['source'] ?? '';
  }

  async #copy(): Promise<void> {
    const copied = await copyText(this.#source);
    const label = this.#button('copy')?.querySelector('span');
    if (!label) return;
    label.textContent = copied ? 'Copied' : 'Select and copy';
    label.setAttribute('role', 'status');
    setTimeout(() => (label.textContent = 'Copy'), COPIED_MS);
  }

  #press(): void {
    if (this.#state?.name === 'waiting') return this.#run?.runAnyway();
    if (this.#state?.name === 'opening' || this.#state?.name === 'running') return;
    const pane = document.querySelector<SlipwayTerminals>('slipway-terminals');
    const terminal = pane?.select(this.dataset['terminal'] ?? 'main');
    if (!pane || !terminal) return this.#show({ name: 'unavailable' });
    pane.reveal();
    // On a phone the sheet that came up may have covered what was pressed.
    this.scrollIntoView({ block: 'nearest' });
    const { exit, interrupt, background, opens } = this.dataset;
    const command = {
      source: this.#source,
      interrupt: interrupt !== undefined,
      exit: Number(exit ?? 0),
      endless: background !== undefined || opens !== undefined,
    };
    this.#run = new CommandRun(terminal, command, browserClock, (state) => this.#show(state));
    this.#run.start();
  }

  #show(state: RunState): void {
    this.#state = state;
    const button = this.#button('run');
    const label = button?.querySelector('span');
    if (!button || !label) return;
    button.dataset['idle'] ??= label.textContent ?? 'Run';
    const { text, note } = WORDS[state.name](state as never);
    label.textContent = text ?? button.dataset['idle'];
    button.dataset['state'] = state.name === 'ended' && !state.expected ? 'failed' : state.name;
    button.setAttribute('aria-disabled', String(state.name === 'opening' || state.name === 'running'));
    this.#note(note ?? '');
  }

  #note(text: string): void {
    let note = this.querySelector('.code-note');
    if (note === null && text === '') return;
    if (note === null) {
      note = make('p', { class: 'code-note', role: 'status' });
      this.append(note);
    }
    note.textContent = text;
  }
}

type Words = {
  [Name in RunState['name']]: (state: Extract<RunState, { name: Name }>) => { text?: string; note?: string };
};

/** What the button says, and what stands below the block. */
const WORDS: Words = {
  opening: () => ({ text: 'Opening' }),
  waiting: ({ sure }) => ({
    text: 'Run anyway',
    note: sure
      ? 'The terminal is busy. This runs as soon as its prompt is back.'
      : 'No prompt to be seen in the terminal. This runs as soon as there is one.',
  }),
  running: () => ({ text: 'Running' }),
  started: () => ({ text: 'Started' }),
  ended: ({ status, expected }) => (expected ? { text: 'Done' } : { text: `Ended with ${status}` }),
  unavailable: () => ({ note: 'The terminal cannot take it now; it says why.' }),
  'given-up': () => ({}),
};
