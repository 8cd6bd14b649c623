import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import type { NoticeCode, Returned } from './connection.ts';
import { make } from './dom.ts';
import { hintOf } from './reference.ts';

const RETURNED: Record<Returned, string> = {
  throttled:
    'Your programs were busy for long while you were away, and were slowed down; now they have full speed again.',
  frozen: 'Your sandbox was frozen while you were away; everything goes on where it was.',
  stopped: 'Your sandbox was stopped while you were away: programs have ended, files are kept.',
};

/** Says something the learner should know while the terminal goes on, until they close it. */
export class NoticeView {
  readonly #bar: HTMLElement;
  readonly #text = make('p', { role: 'status' });
  readonly #cursorIsHigh: () => boolean;
  #warns = false;

  /** `cursorIsHigh`: whether the line that is typed into is in the upper half. */
  constructor(container: HTMLElement, cursorIsHigh: () => boolean) {
    this.#cursorIsHigh = cursorIsHigh;
    const close = make('button', { type: 'button', 'aria-label': 'Close', title: 'Close' }, '×');
    close.addEventListener('click', () => (this.#bar.hidden = true));
    this.#bar = make('div', { class: 'notice-bar', hidden: '' }, this.#text, close);
    container.append(this.#bar);
  }

  show(code: NoticeCode, reference?: string): void {
    const hint = hintOf({ code, ...(reference !== undefined && { reference }) });
    this.#say('trouble', make('strong', {}, ERRORS[code].text), ` ${hint}`);
  }

  /** Nothing is the matter: said quietly. */
  returned(from: Returned): void {
    this.#say('quiet', RETURNED[from]);
  }

  /** Something is about to happen; `action` is what the learner may do about it. */
  warn(words: string, action: { label: string; press: () => void } | null): void {
    const press = make('button', { type: 'button', class: 'button' }, action?.label ?? '');
    press.addEventListener('click', () => {
      this.#bar.hidden = true;
      action?.press();
    });
    this.#say('trouble', make('strong', {}, words), ...(action ? [' ', press] : []));
    this.#warns = true;
  }

  /** What was warned of has happened, or cannot any more. */
  past(): void {
    if (this.#warns) this.#bar.hidden = true;
  }

  #say(kind: 'trouble' | 'quiet', ...words: (string | Node)[]): void {
    this.#warns = false;
    this.#bar.dataset['kind'] = kind;
    // It lies over the screen, which would otherwise jump; not over the line that somebody types into.
    this.#bar.dataset['edge'] = this.#cursorIsHigh() ? 'bottom' : 'top';
    this.#bar.hidden = false;
    this.#text.replaceChildren(...words);
  }
}
