/** A task's hints: one rung at a time. They are in the page; the server is told which were opened. */
export class HintLadder {
  readonly #hints: readonly HTMLDetailsElement[];
  readonly #button: HTMLButtonElement;
  readonly #opened: (rung: number, hint: HTMLElement) => void;
  /** How many are open to the learner, as far as they or the server have said. */
  #rung = 0;
  /** Of those that are, whether they are on the page: what was opened on another day is folded away at first. */
  #shown = false;

  /** `opened` is called with each rung, counted from 1, when the learner opens it. */
  constructor(
    hints: readonly HTMLDetailsElement[],
    button: HTMLButtonElement,
    opened: (rung: number, hint: HTMLElement) => void,
    signal: AbortSignal,
  ) {
    this.#hints = hints;
    this.#button = button;
    this.#opened = opened;
    button.addEventListener('click', () => this.#press(), { signal });
    this.#write();
  }

  /** What the server knows to be opened. */
  set rung(rung: number) {
    this.#rung = Math.max(this.#rung, Math.min(rung, this.#hints.length));
    this.#write();
  }

  #press(): void {
    const hidden = this.#rung > 0 && !this.#shown;
    if (hidden) this.#shown = true;
    else if (this.#rung === this.#hints.length) this.#shown = false;
    else {
      const hint = this.#hints[this.#rung];
      this.#rung += 1;
      this.#shown = true;
      if (hint !== undefined) this.#opened(this.#rung, hint);
    }
    this.#write();
  }

  #write(): void {
    const { length } = this.#hints;
    for (const [index, hint] of this.#hints.entries()) {
      const out = this.#shown && index < this.#rung;
      hint.toggleAttribute('data-opened', index < this.#rung);
      hint.toggleAttribute('data-shown', out);
      hint.open = out;
    }
    const all = this.#rung === length;
    const one = length === 1;
    const label =
      this.#rung > 0 && !this.#shown
        ? one
          ? 'Show the hint'
          : 'Show the hints'
        : all
          ? one
            ? 'Hide the hint'
            : 'Hide the hints'
          : one
            ? 'Show the hint'
            : `Hint ${this.#rung + 1} of ${length}`;
    const span = this.#button.querySelector('span');
    if (span !== null) span.textContent = label;
    this.#button.setAttribute('aria-expanded', String(this.#shown));
  }
}
