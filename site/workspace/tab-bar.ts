import { make } from '../terminal/dom.ts';
import { icon } from './icon.ts';

export interface TabBarListener {
  /** A tab was pressed. */
  press(name: string): void;
  /** The arrow keys came to a tab, which has the focus. */
  reach(name: string): void;
  close(name: string): void;
  open(): void;
}

interface Tab {
  /** The tab and what closes it. */
  frame: HTMLElement;
  button: HTMLButtonElement;
}

/** The terminals' tabs, and the button that opens another. Knows names alone. */
export class TabBar {
  readonly list = make('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Terminals' });
  readonly opener = make('button', { type: 'button', class: 'new-terminal', 'aria-label': 'New terminal' });
  readonly #tabs = new Map<string, Tab>();
  readonly #listener: TabBarListener;

  constructor(listener: TabBarListener) {
    this.#listener = listener;
    this.opener.append(icon('M12 5v14M5 12h14'));
    this.opener.addEventListener('click', () => {
      if (this.opener.getAttribute('aria-disabled') !== 'true') listener.open();
    });
    this.list.addEventListener('keydown', (event) => this.#pressedKey(event));
    this.allow(null);
  }

  /** Adds a tab for a panel as the `at`th. */
  insert(name: string, panel: string, at: number, closable: boolean): void {
    const button = make('button', { type: 'button', role: 'tab', id: `${panel}-tab`, 'aria-controls': panel }, name);
    button.dataset['name'] = name;
    button.addEventListener('click', () => this.#listener.press(name));
    // A list of tabs may own nothing else: the frame means nothing, and its cross is for the pointer. Delete is for keys.
    const frame = make('span', { class: 'tab', role: 'presentation' }, button);
    if (closable) {
      button.setAttribute('aria-keyshortcuts', 'Delete');
      button.setAttribute('aria-description', 'Delete closes it.');
      frame.append(this.#cross(name));
    }
    this.list.insertBefore(frame, this.list.children[at] ?? null);
    this.#tabs.set(name, { frame, button });
  }

  remove(name: string): void {
    this.#tabs.get(name)?.frame.remove();
    this.#tabs.delete(name);
  }

  select(name: string): void {
    for (const [other, { frame, button }] of this.#tabs) {
      const active = other === name;
      if (active && button.ariaSelected !== 'true') queueMicrotask(() => scrollTo(this.list, frame));
      button.setAttribute('aria-selected', String(active));
      button.tabIndex = active ? 0 : -1;
    }
  }

  focus(name: string): void {
    this.#tabs.get(name)?.button.focus();
  }

  hasFocus(name: string): boolean {
    const button = this.#tabs.get(name)?.button;
    return button !== undefined && button === document.activeElement;
  }

  tell(name: string, state: string): void {
    const button = this.#tabs.get(name)?.button;
    if (button !== undefined) button.dataset['state'] = state;
  }

  /** Whether another may be opened; if not, why. */
  allow(refusal: string | null): void {
    this.opener.setAttribute('aria-disabled', String(refusal !== null));
    this.opener.title = refusal ?? 'New terminal';
  }

  #cross(name: string): HTMLElement {
    const cross = make(
      'span',
      { class: 'tab-close', 'aria-hidden': 'true', title: 'Close' },
      icon('m7 7 10 10M17 7 7 17'),
    );
    cross.addEventListener('click', () => this.#listener.close(name));
    // The focus stays where it was, so that it is known where it belongs afterwards.
    cross.addEventListener('pointerdown', (event) => event.preventDefault());
    cross.addEventListener('mousedown', (event) => event.preventDefault());
    return cross;
  }

  #pressedKey(event: KeyboardEvent): void {
    const buttons = [...this.list.querySelectorAll<HTMLButtonElement>('[role=tab]')];
    const at = buttons.findIndex((button) => button === event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const name = buttons[at]?.dataset['name'] ?? '';
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to !== undefined) {
      const reached = buttons.at(to % buttons.length);
      reached?.focus();
      this.#listener.reach(reached?.dataset['name'] ?? name);
    } else if (event.key === 'Delete' && buttons[at]?.ariaKeyShortcuts === 'Delete') this.#listener.close(name);
    else return;
    event.preventDefault();
  }
}

/** Brings a tab into sight. `scrollIntoView` would move the page too. */
function scrollTo(list: HTMLElement, tab: HTMLElement): void {
  const end = tab.offsetLeft + tab.offsetWidth - list.clientWidth;
  list.scrollLeft = Math.max(end, Math.min(tab.offsetLeft, list.scrollLeft));
}
