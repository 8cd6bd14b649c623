import { make } from '../terminal/dom.ts';

/** Says to screen readers what came about by itself, when they have finished what they are saying. */
export class Announcer {
  readonly element = make('p', { class: 'visually-hidden', role: 'status' });
  #last = '';

  say(text: string): void {
    this.element.textContent = this.#last = text;
  }

  /** The same words twice in a row are said once: they came with another command, not with a press. */
  sayNew(text: string): void {
    if (text !== this.#last) this.say(text);
  }
}
