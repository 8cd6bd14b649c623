import type { QuizProgress } from '../../sandbox-server/protocol/lesson.ts';
import { make } from '../terminal/dom.ts';
import type { LessonDesk } from './lesson-desk.ts';
import type { LiveState } from './lesson-live.ts';

/**
 * `<slipway-quiz>`: a question of the lesson. Its answers have their place in the page, and are seen when the server has
 * said in which order this learner gets them.
 */
export class SlipwayQuiz extends HTMLElement {
  #desk: LessonDesk | undefined;
  #items: HTMLLIElement[] = [];
  #progress: QuizProgress | null = null;
  /** Explanations: after an answer at once, on another day when they are asked for. */
  #why = false;
  #sending = false;

  get #several(): boolean {
    return 'several' in this.dataset;
  }

  get #send(): HTMLButtonElement | null {
    return this.querySelector('.quiz-send');
  }

  get #inputs(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('.quiz-answers input')];
  }

  connect(desk: LessonDesk, signal: AbortSignal): void {
    this.#desk = desk;
    this.#items = [...this.querySelectorAll<HTMLLIElement>('.quiz-answers > li')];
    this.#send?.addEventListener('click', () => void this.#answer(), { signal });
    this.querySelector('.quiz-why')?.addEventListener('click', () => this.#toggleWhy(), { signal });
    this.addEventListener('change', () => this.#choose(), { signal });
  }

  show(progress: QuizProgress | null, live: LiveState): void {
    if (progress === null) {
      // Nobody grades here: a list to read.
      if (live.name === 'lost' || live.name === 'refused') this.dataset['state'] = 'read';
      return;
    }
    // Much is told again that has not changed: what was chosen and not sent yet stays.
    if (JSON.stringify(progress) === JSON.stringify(this.#progress)) return;
    this.#order(progress.order);
    this.#progress = progress;
    for (const input of this.#inputs) {
      const at = Number(input.value);
      if (progress.tries > 0) input.checked = progress.chosen.includes(at);
      input.disabled = progress.right === true;
    }
    this.#write();
  }

  #order(order: readonly number[]): void {
    const first = this.#progress === null;
    if (first) for (const [at, item] of this.#items.entries()) this.#makeChoice(item, at);
    const list = this.#items[0]?.parentElement;
    const ordered = order.flatMap((at) => this.#items[at] ?? []);
    if (first) list?.append(...ordered, ...this.#items.filter((item) => !ordered.includes(item)));
  }

  #makeChoice(item: HTMLLIElement, at: number): void {
    const input = make('input', { type: this.#several ? 'checkbox' : 'radio', name: this.id, value: String(at) });
    const words = make('span', {});
    words.append(...item.childNodes);
    item.append(make('label', {}, input, words));
  }

  #choose(): void {
    this.#clear();
    this.dataset['state'] = 'open';
    this.#say(this.#instruction);
  }

  get #instruction(): string {
    return this.#several ? 'Choose all that are right.' : 'Choose one.';
  }

  async #answer(): Promise<void> {
    if (this.#sending || this.#progress?.right === true) return;
    const chosen = this.#inputs.filter(({ checked }) => checked).map(({ value }) => Number(value));
    if (chosen.length === 0) return this.#say(this.#instruction);
    this.#sending = true;
    const before = this.#why;
    // The page's socket may tell what came of it sooner than the answer does.
    this.#why = true;
    const outcome = await this.#desk?.answer(this, chosen);
    this.#sending = false;
    if (outcome?.ok) return this.#desk?.graded(outcome.answer);
    this.#why = before;
    if (outcome !== undefined) this.#say(outcome.message);
  }

  #toggleWhy(): void {
    this.#why = !this.#why;
    this.#write();
  }

  #write(): void {
    const { right, verdicts } = this.#progress ?? { right: null, verdicts: [] };
    this.#clear();
    this.dataset['state'] = right === null ? 'open' : right ? 'done' : 'wrong';
    for (const verdict of verdicts) this.#judge(verdict);
    const send = this.#send;
    if (send !== null) {
      send.textContent = right === true ? 'Answered' : 'Answer';
      send.setAttribute('aria-disabled', String(right === true));
    }
    this.#say(right === null ? this.#instruction : this.#verdictInWords);
    const why = this.querySelector<HTMLElement>('.quiz-why');
    if (why === null) return;
    why.toggleAttribute(
      'data-there',
      verdicts.some(({ explanation }) => explanation !== ''),
    );
    why.setAttribute('aria-expanded', String(this.#why));
    why.textContent = this.#why ? 'Hide why' : 'Show why';
  }

  get #verdictInWords(): string {
    const { right, verdicts } = this.#progress ?? { right: null, verdicts: [] };
    if (right === true) return 'Right.';
    const allRight = verdicts.length > 0 && verdicts.every((verdict) => verdict.right);
    return allRight ? 'What you chose is right, but it is not all.' : 'Not right yet. Choose again.';
  }

  #judge({ answer, right, explanation }: QuizProgress['verdicts'][number]): void {
    const item = this.#items[answer];
    if (item === undefined) return;
    item.dataset['verdict'] = right ? 'right' : 'wrong';
    const word = right ? 'Right.' : 'Not right.';
    item.querySelector('label')?.append(make('span', { class: 'visually-hidden verdict-word' }, ` ${word}`));
    if (explanation === '') return;
    const because = make('div', { class: 'explanation' });
    because.toggleAttribute('data-shown', this.#why);
    because.innerHTML = explanation;
    item.append(because);
  }

  #clear(): void {
    for (const item of this.#items) {
      delete item.dataset['verdict'];
      for (const said of item.querySelectorAll('.explanation, .verdict-word')) said.remove();
    }
    this.querySelector('.quiz-why')?.removeAttribute('data-there');
  }

  #say(text: string): void {
    const status = this.querySelector('.quiz-status');
    if (status !== null) status.textContent = text;
  }
}
