import type { SearchAddon } from '@xterm/addon-search';
import type { Terminal } from '@xterm/xterm';
import { make } from './dom.ts';

const DECORATIONS = {
  matchBackground: '#8a5a00',
  matchOverviewRuler: '#8a5a00',
  activeMatchBackground: '#a8430a',
  activeMatchColorOverviewRuler: '#a8430a',
};

/** Finds text in a terminal's screen and scrollback. Loaded when it is first asked for. */
export class SearchBar {
  readonly #terminal: Terminal;
  readonly #bar: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #count: HTMLElement;
  #addon: SearchAddon | undefined;

  constructor(container: HTMLElement, terminal: Terminal) {
    this.#terminal = terminal;
    this.#input = make('input', { type: 'text', 'aria-label': 'Find in the terminal', placeholder: 'Find' });
    this.#count = make('span', { class: 'search-count', role: 'status' });
    const previous = iconButton('Previous match', '↑', () => this.#find('previous'));
    const next = iconButton('Next match', '↓', () => this.#find('next'));
    const close = iconButton('Close', '×', () => this.close());
    this.#bar = make('div', { class: 'search-bar', role: 'search', hidden: '' });
    this.#bar.append(this.#input, this.#count, previous, next, close);
    this.#input.addEventListener('input', () => this.#find('next', true));
    this.#bar.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
      else if (event.key === 'Enter' && event.target === this.#input) this.#find(event.shiftKey ? 'previous' : 'next');
      else return;
      event.preventDefault();
    });
    container.append(this.#bar);
  }

  async open(): Promise<void> {
    this.#bar.hidden = false;
    const selection = this.#terminal.getSelection();
    if (selection !== '' && !selection.includes('\n')) this.#input.value = selection;
    this.#input.select();
    if (this.#addon !== undefined) return;
    const { SearchAddon } = await import('@xterm/addon-search');
    const addon = new SearchAddon();
    addon.onDidChangeResults(({ resultIndex, resultCount }) => this.#tell(resultIndex, resultCount));
    this.#terminal.loadAddon(addon);
    this.#addon = addon;
    this.#find('next', true);
  }

  close(): void {
    this.#bar.hidden = true;
    this.#addon?.clearDecorations();
    this.#terminal.focus();
  }

  #find(direction: 'next' | 'previous', incremental = false): void {
    const text = this.#input.value;
    if (text === '') {
      this.#addon?.clearDecorations();
      this.#count.textContent = '';
    } else if (direction === 'next') this.#addon?.findNext(text, { decorations: DECORATIONS, incremental });
    else this.#addon?.findPrevious(text, { decorations: DECORATIONS });
  }

  #tell(index: number, count: number): void {
    if (this.#input.value === '') this.#count.textContent = '';
    else if (count === 0) this.#count.textContent = 'none';
    else this.#count.textContent = index < 0 ? `${count}+` : `${index + 1} of ${count}`;
  }
}

function iconButton(label: string, sign: string, press: () => void): HTMLButtonElement {
  const button = make('button', { type: 'button', 'aria-label': label, title: label }, sign);
  button.addEventListener('click', press);
  return button;
}
