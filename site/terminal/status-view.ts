import { make } from './dom.ts';
import { wordsOf, type StateWords, type TerminalState } from './state.ts';

/** What passes sooner is not shown: it would only flicker. */
const PATIENCE_MS = 150;

/** Says a terminal's state in words, on it, and to screen readers. */
export class StatusView {
  /** On a start: where the first line of the terminal will be. An element of its own, since what moves is seen to jump. */
  readonly #line = make('p', { class: 'status-line', hidden: '' });
  readonly #panel: HTMLElement;
  readonly #text = make('p', { class: 'status-text' });
  readonly #hint = make('p', { class: 'status-hint' });
  readonly #next = make('p', { class: 'status-next' });
  readonly #button = make('button', { type: 'button', class: 'button' });
  readonly #announcement = make('p', { class: 'visually-hidden', role: 'status' });
  readonly #name: string;
  #state: TerminalState = { name: 'idle' };
  #timer: number | undefined;
  #clock: number | undefined;
  /** What was said last of a wait. */
  #said = '';

  /** `act` is what the button does; it depends on the state at that time. */
  constructor(container: HTMLElement, name: string, act: () => void) {
    this.#name = name;
    this.#button.addEventListener('click', act);
    this.#panel = make('div', { class: 'status-panel', hidden: '' });
    this.#panel.append(this.#text, this.#hint, this.#next, this.#button);
    container.append(this.#line, this.#panel, this.#announcement);
  }

  show(state: TerminalState): void {
    const before = this.#state.name;
    this.#state = state;
    if (state.name === 'connected' || state.name === 'detached' || state.name === 'idle') {
      this.#cancel();
      const silent = !this.#shown && before !== 'starting';
      this.#line.hidden = this.#panel.hidden = true;
      this.#announce(silent ? '' : `Terminal ${this.#name}: ${wordsOf(state, 0).label}.`);
    } else if (!this.#shown) this.#timer ??= window.setTimeout(() => this.#reveal(), PATIENCE_MS);
    else this.#reveal();
  }

  get #shown(): boolean {
    return !this.#line.hidden || !this.#panel.hidden;
  }

  #reveal(): void {
    this.#cancel();
    const { text, hint, next } = this.#write();
    if (this.#panel.dataset['state'] !== this.#state.name) this.#takeAway();
    this.#panel.dataset['state'] = this.#state.name;
    this.#line.hidden = this.#state.name !== 'starting';
    this.#panel.hidden = !this.#line.hidden;
    const retries = 'retryAt' in this.#state && this.#state.retryAt !== null;
    const counts = retries || (this.#state.name === 'queued' && this.#state.wait.why === 'rate');
    // Seconds that run down and estimates that change are for the eye: a screen reader is told a state or a place once.
    const queued = this.#state.name === 'queued';
    if (!queued || text !== this.#said) this.#announce(`Terminal ${this.#name}: ${text} ${queued ? next : ''} ${hint}`);
    this.#said = queued ? text : '';
    if (counts) this.#clock = window.setInterval(() => this.#write(), 1000);
  }

  /** Gone for an instant, which no frame shows: in its place for another state the panel is new, and has not jumped. */
  #takeAway(): void {
    this.#panel.hidden = true;
    void this.#panel.offsetHeight;
  }

  #write(): StateWords {
    const words = wordsOf(this.#state, performance.now());
    (this.#state.name === 'starting' ? this.#line : this.#text).textContent = words.text;
    this.#hint.textContent = words.hint;
    this.#hint.hidden = words.hint === '';
    this.#next.textContent = words.next;
    this.#next.hidden = words.next === '';
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
