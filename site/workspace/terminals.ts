import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { MAX_OWN_TERMINALS } from '../../sandbox-server/protocol/limits.ts';
import { make, uniqueId } from '../terminal/dom.ts';
import { SlipwayTerminal, type TerminalEvents } from '../terminal/element.ts';
import { wordsOf, type TerminalState } from '../terminal/state.ts';
import { closeEnded, closeTerminal, type OwnTerminal } from './close-terminal.ts';
import { icon } from './icon.ts';
import { KeyRow } from './key-row.ts';
import { OwnTerminals } from './own-terminals.ts';
import { changePreferences, onPreferences, readPreferences } from './preferences.ts';
import { type SessionPane, SessionTime } from './session-time.ts';
import { TabBar } from './tab-bar.ts';

/** As in the terminal's own words on its state. */
const PATIENCE_MS = 150;

const FULL = `You have ${MAX_OWN_TERMINALS} terminals of your own: close one to open another.`;

interface Slot {
  panel: HTMLElement;
  terminal: SlipwayTerminal;
}

/**
 * `<slipway-terminals course="…" lesson="…" terminals="main second">`: a lesson's terminals and then the learner's own, in tabs or side
 * by side. The element lives on when the page changes to another lesson of the course; `show()` then gets that lesson's
 * terminals.
 */
export class SlipwayTerminals extends HTMLElement {
  #slots = new Map<string, Slot>();
  #lesson: readonly string[] = [];
  #own: OwnTerminals | undefined;
  readonly #closing = new Set<string>();
  readonly #bar = new TabBar({
    press: (name) => {
      this.reveal();
      void this.#enter(name);
    },
    reach: (name) => this.select(name),
    close: (name) => void this.#close(name, closeTerminal),
    open: () => this.#openOwn(),
  });
  readonly #panels = make('div', { class: 'panels' });
  readonly #state = make('span', { class: 'pane-state', 'aria-hidden': 'true' });
  readonly #together = make('button', { type: 'button', class: 'icon-button', 'aria-pressed': 'false' });
  readonly #sheet = make('button', { type: 'button', class: 'icon-button sheet-toggle' });
  readonly #time = new SessionTime(this.#sessionPane());
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
      this.#time.stop();
      this.#life = undefined;
      for (const name of this.#slots.keys()) this.#drop(name);
      this.replaceChildren();
    });
  }

  get terminals(): SlipwayTerminal[] {
    return [...this.#slots.values()].map(({ terminal }) => terminal);
  }

  get activeTerminal(): SlipwayTerminal | undefined {
    return this.#slots.get(this.#active)?.terminal;
  }

  /** Shows these terminals of a lesson, in this order. Others are let go of; their shells go on in the sandbox. */
  show(names: readonly string[], lesson: string): void {
    this.#lesson = names;
    this.setAttribute('lesson', lesson);
    for (const terminal of this.terminals) terminal.setAttribute('lesson', lesson);
    this.#layOut(() => names[0]);
  }

  get #ownTerminals(): OwnTerminals {
    return (this.#own ??= new OwnTerminals(this.getAttribute('course') ?? ''));
  }

  /** Brings slots and tabs in line with what is to be shown. `instead`: what is active where that is gone. */
  #layOut(instead: (names: string[]) => string | undefined): void {
    const names = [...this.#lesson, ...this.#ownTerminals.names];
    const lost = this.#slots.get(this.#active);
    const focus = this.#bar.hasFocus(this.#active) ? 'tab' : lost?.panel.contains(document.activeElement) && 'panel';
    for (const name of this.#slots.keys()) if (!names.includes(name)) this.#drop(name);
    this.#slots = new Map(names.map((name, at) => [name, this.#slots.get(name) ?? this.#makeSlot(name, at)]));
    this.#together.hidden = names.length < 2;
    const stays = this.#slots.has(this.#active);
    this.select(stays ? this.#active : (instead(names) ?? ''));
    if (stays) return;
    if (focus === 'tab') this.#bar.focus(this.#active);
    else if (focus) void this.#enter(this.#active);
  }

  #drop(name: string): void {
    this.#bar.remove(name);
    this.#slots.get(name)?.panel.remove();
    this.#slots.delete(name);
  }

  /** Brings a terminal to the front and opens it; undefined where the lesson has none of that name. */
  select(name: string): SlipwayTerminal | undefined {
    const chosen = this.#slots.get(name);
    if (chosen === undefined) return undefined;
    this.#active = name;
    const together = readPreferences().together && this.#slots.size > 1;
    this.toggleAttribute('data-together', together);
    this.#together.setAttribute('aria-pressed', String(together));
    this.#bar.select(name);
    for (const [other, { panel, terminal }] of this.#slots) {
      const active = other === name;
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
    this.addEventListener('slipway-state', (event) => this.#follow(event as CustomEvent<TerminalState>), { signal });
    this.addEventListener(
      'slipway-session-time',
      (event) => this.#time.hear((event as CustomEvent<TerminalEvents['slipway-session-time']>).detail),
      { signal },
    );
    this.#panels.addEventListener('focusin', (event) => this.#followFocus(event), { signal });
    onPreferences(() => this.#applyPreferences(), signal);
    this.#ownTerminals.follow(() => this.#followOwn(), signal);

    const { list, opener } = this.#bar;
    // What comes and goes stands before what stays, so that nothing moves but the free space.
    const bar = make(
      'div',
      { class: 'pane-bar' },
      list,
      opener,
      this.#time.element,
      this.#together,
      this.#state,
      this.#sheet,
    );
    this.append(bar, this.#panels, new KeyRow(() => this.activeTerminal).element);
    this.show((this.getAttribute('terminals') ?? 'main').split(' '), this.getAttribute('lesson') ?? '');
    this.#applyPreferences();
  }

  #makeSlot(name: string, at: number): Slot {
    const id = uniqueId('terminal');
    const terminal = new SlipwayTerminal();
    terminal.setAttribute('course', this.getAttribute('course') ?? '');
    terminal.setAttribute('lesson', this.getAttribute('lesson') ?? '');
    terminal.setAttribute('name', name);
    terminal.apply(readPreferences());
    const attributes = { id, role: 'tabpanel', class: 'panel', 'data-name': name, 'aria-label': `Terminal ${name}` };
    const panel = make('section', attributes, terminal);
    this.#bar.insert(name, id, at, !this.#lesson.includes(name));
    this.#panels.insertBefore(panel, this.#panels.children[at] ?? null);
    return { panel, terminal };
  }

  /** Brings a terminal to the front and gives it the focus, which it can take when it has a screen. */
  async #enter(name: string): Promise<void> {
    const terminal = this.select(name);
    await terminal?.open();
    if (this.#active === name) terminal?.focus();
  }

  #openOwn(): void {
    const name = this.#ownTerminals.add();
    if (name === undefined) return;
    this.reveal();
    this.#followOwn();
    void this.#enter(name);
  }

  /** The tab goes when the server has closed the terminal: until then it may still be needed. */
  async #close(name: string, close: (terminal: OwnTerminal) => Promise<boolean>): Promise<void> {
    if (this.#closing.has(name)) return;
    this.#closing.add(name);
    const closed = await close({ course: this.getAttribute('course') ?? '', name }).finally(() => {
      this.#closing.delete(name);
    });
    if (!closed) return;
    this.#ownTerminals.remove(name);
    this.#followOwn();
  }

  /** The neighbour takes the place of what is gone. */
  #followOwn(): void {
    const at = [...this.#slots.keys()].indexOf(this.#active);
    this.#layOut((names) => names[Math.min(at, names.length - 1)]);
    this.#tellState();
  }

  #sessionPane(): SessionPane {
    const course = () => this.getAttribute('course') ?? '';
    return {
      get course() {
        return course();
      },
      warn: (words, action) => this.activeTerminal?.warn(words, action),
    };
  }

  #follow({ target, detail }: CustomEvent<TerminalState>): void {
    this.#tellState();
    if (detail.name === 'refused' || detail.name === 'queued') this.#time.stop();
    if (!(target instanceof SlipwayTerminal) || this.#lesson.includes(target.name)) return;
    // A shell that was killed says so in its place; one that was left, or hung up from another window, needs no words.
    const left = detail.name === 'ended' && (detail.signal === null || detail.signal === 'hangup');
    if (left) void this.#close(target.name, closeEnded);
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
    for (const [name, { terminal }] of this.#slots) this.#bar.tell(name, terminal.state.name);
    const off = state.name === 'refused' && state.code === 'sandboxes-off';
    this.#bar.allow(off ? ERRORS['sandboxes-off'].text : this.#ownTerminals.full ? FULL : null);
  }
}
