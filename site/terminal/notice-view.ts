import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import type { ServerMessage } from '../../sandbox-server/protocol/messages.ts';
import { make } from './dom.ts';

export type NoticeCode = Extract<ServerMessage, { type: 'notice' }>['code'];

/** Says something the learner should know while the terminal goes on, until they close it. */
export class NoticeView {
  readonly #bar: HTMLElement;
  readonly #text = make('p', { role: 'status' });

  constructor(container: HTMLElement) {
    const close = make('button', { type: 'button', 'aria-label': 'Close', title: 'Close' }, '×');
    close.addEventListener('click', () => (this.#bar.hidden = true));
    this.#bar = make('div', { class: 'notice-bar', hidden: '' }, this.#text, close);
    container.append(this.#bar);
  }

  show(code: NoticeCode): void {
    const { text, hint } = ERRORS[code];
    this.#bar.hidden = false;
    this.#text.replaceChildren(make('strong', {}, text), ` ${hint}`);
  }
}
