import { make } from './dom.ts';
import { wordsOf, type TerminalState } from './state.ts';

/** What passes sooner is not shown: it would only flicker. */
const PATIENCE_MS = 150;

/** Says a terminal's state in words, on it, and to screen readers. */
export class StatusView {
  readonly #panel: HTMLElement;
  readonly #text = make('p', { class: 'status-text' });
  readonly #hint = make('p', { class: 'status-hint' });
  readonly #button = make('button', { type: 'button', class: 'button' });
  readonly #announcement = make('p', { class: 'visually-hidden', role: 'status' });
  readonly #name: string;
  #state: TerminalState = { name: 'idle' };
  #timer: number | undefined;
  #clock: number | undefined;

  /** `act` is what the button does; it depends on the state at that time. */
  constructor(container: HTMLElement, name: string, act: () => void) {
    this.#name = name;
    this.#button.addEventListener('click', act);
    this.#panel = make('div', { class: 'status-panel', hidden: '' }, this.#text, this.#hint, this.#button);
    container.append(this.#panel, this.#announcement);
  }

  show(state: TerminalState): void {
    const before = this.#state.name;
    this.#state = state;
    if (state.name === 'connected' || state.name === 'detached' || state.name === 'idle') {
      this.#cancel();
      const silent = this.#panel.hidden && before !== 'starting';
      this.#panel.hidden = true;
      this.#announce(silent ? '' : `Terminal ${this.#name}: ${wordsOf(state, 0).label}.`);
    } else if (this.#panel.hidden) this.#timer ??= window.setTimeout(() => this.#reveal(), PATIENCE_MS);
    else this.#reveal();
  }

  #reveal(): void {
    this.#cancel();
    const { text, hint } = this.#write();
    this.#panel.dataset['state'] = this.#state.name;
    this.#panel.hidden = false;
    const counts = 'retryAt' in this.#state && this.#state.retryAt !== null;
    // The seconds that run down are for the eye: a screen reader is told the state once.
    this.#announce(`Terminal ${this.#name}: ${text} ${counts ? '' : hint}`);
    if (counts) this.#clock = window.setInterval(() => this.#write(), 1000);
  }

  #write(): { text: string; hint: string } {
    const words = wordsOf(this.#state, performance.now());
    this.#text.textContent = words.text;
    this.#hint.textContent = words.hint;
    this.#hint.hidden = words.hint === '';
    this.#button.hidden = words.action === null;
    this.#button.textContent = words.action;
    return words;
  }

  #announce(text: string): void {
    if (this.#announcement.textContent !== text) this.#announcement.textContent = text;
  }

  #cancel(): void {
    window.clearTimeout(this.#timer);
    window.clearInterval(this.#clock);
    this.#timer = undefined;
    this.#clock = undefined;
  }
}
