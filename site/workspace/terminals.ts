import { make, uniqueId } from '../terminal/dom.ts';
import { SlipwayTerminal } from '../terminal/element.ts';
import { wordsOf } from '../terminal/state.ts';
import { KeyRow } from './key-row.ts';
import { changePreferences, onPreferences, readPreferences } from './preferences.ts';

/** As in the terminal's own words on its state. */
const PATIENCE_MS = 150;

interface Slot {
  tab: HTMLButtonElement;
  panel: HTMLElement;
  terminal: SlipwayTerminal;
}

/**
 * `<slipway-terminals course="…" terminals="main second">`: a lesson's terminals, in tabs or side by side. The element lives
 * on when the page changes to another lesson of the course; `show()` then gets that lesson's terminals.
 */
export class SlipwayTerminals extends HTMLElement {
  readonly #slots = new Map<string, Slot>();
  readonly #tabs = make('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Terminals' });
  readonly #panels = make('div', { class: 'panels' });
  readonly #state = make('span', { class: 'pane-state', 'aria-hidden': 'true' });
  readonly #together = make('button', { type: 'button', class: 'icon-button', 'aria-pressed': 'false' });
  readonly #sheet = make('button', { type: 'button', class: 'icon-button sheet-toggle' });
  #life: AbortController | undefined;
  #active = '';
  #telling: number | undefined;

  connectedCallback(): void {
    // The next page's own element is in the page for an instant before this one takes its place: it must not start.
    queueMicrotask(() => {
      if (this.isConnected) this.#build();
    });
  }

  connectedMoveCallback(): void {
    // Moved within the page: all goes on.
  }

  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#life?.abort();
      this.#life = undefined;
      this.#slots.clear();
      this.replaceChildren();
    });
  }

  get terminals(): SlipwayTerminal[] {
    return [...this.#slots.values()].map(({ terminal }) => terminal);
  }

  get activeTerminal(): SlipwayTerminal | undefined {
    return this.#slots.get(this.#active)?.terminal;
  }

  /** Shows these terminals, in this order. Others are let go of; their shells go on in the sandbox. */
  show(names: readonly string[]): void {
    for (const [name, { tab, panel }] of this.#slots) {
      if (names.includes(name)) continue;
      tab.remove();
      panel.remove();
      this.#slots.delete(name);
    }
    for (const name of names) {
      const slot = this.#slots.get(name) ?? this.#makeSlot(name);
      this.#slots.set(name, slot);
      if (!slot.tab.isConnected) this.#tabs.append(slot.tab);
      if (!slot.panel.isConnected) this.#panels.append(slot.panel);
    }
    this.#together.hidden = names.length < 2;
    this.select(names.includes(this.#active) ? this.#active : (names[0] ?? ''));
  }

  /** Brings a terminal to the front and opens it; undefined where the lesson has none of that name. */
  select(name: string): SlipwayTerminal | undefined {
    const chosen = this.#slots.get(name);
    if (chosen === undefined) return undefined;
    this.#active = name;
    const together = readPreferences().together && this.#slots.size > 1;
    this.toggleAttribute('data-together', together);
    this.#together.setAttribute('aria-pressed', String(together));
    for (const [other, { tab, panel, terminal }] of this.#slots) {
      const active = other === name;
      tab.setAttribute('aria-selected', String(active));
      tab.tabIndex = active ? 0 : -1;
      panel.inert = !active && !together;
      panel.toggleAttribute('data-active', active);
      if (active || together) void terminal.open();
    }
    this.#tellState();
    return chosen.terminal;
  }

  /** On a phone the terminals are in a sheet: pulls it up. */
  reveal(): void {
    if (!readPreferences().sheetOpen) changePreferences({ sheetOpen: true });
  }

  #build(): void {
    if (this.#life !== undefined) return;
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#together.title = 'Side by side';
    this.#together.append(icon('M3 4h18v16H3zM12 4v16'));
    this.#together.addEventListener('click', () => this.#toggleTogether(), { signal });
    this.#sheet.append(icon('m6 15 6-6 6 6'));
    this.#sheet.addEventListener('click', () => this.#toggleSheet(), { signal });
    this.#tabs.addEventListener('keydown', (event) => this.#moveAmongTabs(event), { signal });
    this.addEventListener('slipway-state', () => this.#tellState(), { signal });
    this.#panels.addEventListener('focusin', (event) => this.#followFocus(event), { signal });
    onPreferences(() => this.#applyPreferences(), signal);

    const bar = make('div', { class: 'pane-bar' }, this.#tabs, this.#state, this.#together, this.#sheet);
    this.append(bar, this.#panels, new KeyRow(() => this.activeTerminal).element);
    this.show((this.getAttribute('terminals') ?? 'main').split(' '));
    this.#applyPreferences();
  }

  #makeSlot(name: string): Slot {
    const id = uniqueId('terminal');
    const tab = make('button', { type: 'button', role: 'tab', id: `${id}-tab`, 'aria-controls': id }, name);
    tab.addEventListener('click', () => {
      this.reveal();
      this.select(name)?.focus();
    });
    const terminal = new SlipwayTerminal();
    terminal.setAttribute('course', this.getAttribute('course') ?? '');
    terminal.setAttribute('name', name);
    terminal.apply(readPreferences());
    const attributes = { id, role: 'tabpanel', class: 'panel', 'data-name': name, 'aria-label': `Terminal ${name}` };
    const panel = make('section', attributes, terminal);
    return { tab, panel, terminal };
  }

  #moveAmongTabs(event: KeyboardEvent): void {
    const names = [...this.#slots.keys()];
    const at = names.indexOf(this.#active);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const name = names.at(to % names.length) ?? this.#active;
    this.select(name);
    this.#slots.get(name)?.tab.focus();
  }

  #followFocus({ target }: FocusEvent): void {
    for (const [name, { panel }] of this.#slots) {
      if (name !== this.#active && panel.contains(target as Node)) this.select(name);
    }
  }

  #toggleTogether(): void {
    changePreferences({ together: !readPreferences().together });
  }

  #toggleSheet(): void {
    changePreferences({ sheetOpen: !readPreferences().sheetOpen });
  }

  #applyPreferences(): void {
    const preferences = readPreferences();
    for (const terminal of this.terminals) terminal.apply(preferences);
    const label = preferences.sheetOpen ? 'Put the terminal away' : 'Pull the terminal up';
    this.#sheet.setAttribute('aria-label', label);
    this.#sheet.setAttribute('aria-expanded', String(preferences.sheetOpen));
    this.select(this.#active);
  }

  /** A state that passes at once is not shown: the word would only flicker. */
  #tellState(): void {
    clearTimeout(this.#telling);
    const settled = this.activeTerminal?.state.name === 'connected';
    this.#telling = window.setTimeout(() => this.#writeState(), settled ? 0 : PATIENCE_MS);
  }

  #writeState(): void {
    const state = this.activeTerminal?.state;
    if (state === undefined) return;
    this.#state.dataset['state'] = state.name;
    this.#state.textContent = wordsOf(state, performance.now()).label;
    for (const { tab, terminal } of this.#slots.values()) tab.dataset['state'] = terminal.state.name;
  }
}

function icon(path: string): SVGElement {
  const template = document.createElement('template');
  template.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
  return template.content.firstElementChild as SVGElement;
}
