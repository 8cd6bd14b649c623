import { changePreferences, DEFAULTS, readPreferences } from './preferences.ts';

/** Percent that one press of an arrow key moves it. */
const STEP = 2;
const LEAST = 25;
const MOST = 75;

/**
 * `<slipway-divider>`: between text and terminals. Dragged or moved by arrow keys; a double click puts it back. On a phone
 * it is the upper edge of the sheet.
 */
export class SlipwayDivider extends HTMLElement {
  readonly #phone = matchMedia('(max-width: 47.5em)');
  #life: AbortController | undefined;

  connectedCallback(): void {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.addEventListener('pointerdown', (event) => this.#grab(event), { signal });
    this.addEventListener('dblclick', () => this.#reset(), { signal });
    this.addEventListener('keydown', (event) => this.#key(event), { signal });
    this.#phone.addEventListener('change', () => this.#describe(), { signal });
    document.addEventListener('slipway-preferences', () => this.#describe(), { signal });
    this.#describe();
  }

  disconnectedCallback(): void {
    this.#life?.abort();
  }

  /** Percent that the text has (beside the terminals) or the sheet (below it). */
  get #value(): number {
    const { split, sheet } = readPreferences();
    return this.#phone.matches ? sheet : (split ?? 50);
  }

  #move(percent: number): void {
    const value = Math.round(Math.min(MOST, Math.max(LEAST, percent)) * 10) / 10;
    changePreferences(this.#phone.matches ? { sheet: value, sheetOpen: true } : { split: value });
  }

  #reset(): void {
    changePreferences(this.#phone.matches ? { sheet: DEFAULTS.sheet } : { split: DEFAULTS.split });
  }

  #grab(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.focus();
    this.setPointerCapture(event.pointerId);
    this.toggleAttribute('data-dragged', true);
    const drag = new AbortController();
    const { signal } = drag;
    const move = ({ clientX, clientY }: PointerEvent) => {
      const { documentElement: page } = document;
      const phone = this.#phone.matches;
      this.#move(phone ? 100 - (clientY / page.clientHeight) * 100 : (clientX / page.clientWidth) * 100);
    };
    const release = () => {
      drag.abort();
      this.removeAttribute('data-dragged');
    };
    this.addEventListener('pointermove', move, { signal });
    this.addEventListener('lostpointercapture', release, { signal });
  }

  #key(event: KeyboardEvent): void {
    const forward = this.#phone.matches ? 'ArrowUp' : 'ArrowRight';
    const back = this.#phone.matches ? 'ArrowDown' : 'ArrowLeft';
    if (event.key === forward) this.#move(this.#value + STEP);
    else if (event.key === back) this.#move(this.#value - STEP);
    else if (event.key === 'Home') this.#move(LEAST);
    else if (event.key === 'End') this.#move(MOST);
    else if (event.key === 'Enter') this.#reset();
    else return;
    event.preventDefault();
  }

  #describe(): void {
    const phone = this.#phone.matches;
    this.setAttribute('role', 'separator');
    this.setAttribute('aria-orientation', phone ? 'horizontal' : 'vertical');
    this.setAttribute('aria-label', phone ? 'Height of the terminal' : 'Width of the text');
    this.setAttribute('aria-valuemin', String(LEAST));
    this.setAttribute('aria-valuemax', String(MOST));
    this.setAttribute('aria-valuenow', String(Math.round(this.#value)));
    this.tabIndex = 0;
  }
}
