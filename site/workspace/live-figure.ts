import type { FigureView as Shown } from '../../sandbox-server/protocol/figure.ts';
import { FigureView } from './figure-view.ts';
import { stateWords } from './figure-words.ts';
import type { LiveState } from './lesson-live.ts';

/** How far beyond the screen a figure counts as seen: it is then up to date when the learner comes to it. */
const AROUND = '50%';

/** A figure of the lesson in which the sandbox takes the place of the pictures. */
export class LiveFigure {
  readonly #figure: HTMLElement;
  readonly #state: HTMLElement;
  readonly #say: (seen: boolean) => void;
  #live: LiveState = { name: 'connecting' };
  #shown: Shown | undefined;
  #view: FigureView | undefined;
  #near = false;
  #said = false;

  /** `say` tells the server whether it can be seen. */
  constructor(figure: HTMLElement, say: (seen: boolean) => void, signal: AbortSignal) {
    this.#figure = figure;
    this.#state = figure.querySelector<HTMLElement>('.figure-state')!;
    this.#say = say;
    const observer = new IntersectionObserver(
      ([entry]) => {
        this.#near = entry!.isIntersecting;
        this.#look();
      },
      { rootMargin: AROUND },
    );
    observer.observe(figure);
    signal.addEventListener('abort', () => observer.disconnect());
    document.addEventListener('visibilitychange', () => this.#look(), { signal });
    this.#write();
  }

  /** How the page's socket stands. */
  connection(live: LiveState): void {
    this.#live = live;
    // A new socket knows nothing of what was said on the one before.
    this.#said = false;
    this.#look();
    this.#write();
  }

  show(shown: Shown): void {
    this.#shown = shown;
    if (shown.picture) {
      if (!this.#view) {
        this.#view = new FigureView();
        this.#figure.querySelector('.figure-pictures')!.before(this.#view.element);
        this.#figure.dataset['live'] = '';
      }
      this.#view.show(shown.picture);
    }
    this.#write();
  }

  #look(): void {
    const seen = this.#near && !document.hidden;
    if (this.#live.name !== 'connected' || seen === this.#said) return;
    this.#said = seen;
    this.#say(seen);
  }

  #write(): void {
    const { text, now } = stateWords(this.#live, this.#shown);
    this.#state.toggleAttribute('data-now', now);
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }
}
