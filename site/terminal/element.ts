import type { TerminalSize } from '../../sandbox-server/protocol/messages.ts';
import { encodeCommand } from '../../sandbox-server/protocol/typing.ts';
import { askForAdmission, type Admission } from './admission.ts';
import { browserClock } from './clock.ts';
import { Connection, type ConnectionListener } from './connection.ts';
import { enableCopyAndPaste } from './copy-and-paste.ts';
import { make } from './dom.ts';
import { terminalFontReady } from './fonts.ts';
import { withControl } from './keys.ts';
import { NoticeView } from './notice-view.ts';
import { Screen, type ScreenSettings } from './screen.ts';
import { SearchBar } from './search-bar.ts';
import { openWebSocket } from './socket.ts';
import type { TerminalState } from './state.ts';
import { StatusView } from './status-view.ts';
import { onWake } from './wake.ts';

export interface Prompt {
  waiting: boolean;
  /** False: guessed from what the program does, since no marks tell it. */
  sure: boolean;
}

/** What an element's events are called and carry; they bubble. */
export interface TerminalEvents {
  'slipway-state': TerminalState;
  'slipway-prompt': Prompt;
  'slipway-command-ended': { status: number | null };
  /** How much of the session is left, and to how long from now it can be put off; in milliseconds. */
  'slipway-session-time': { leftMs: number; extendMs: number };
  /** Something was typed that ends in Enter, by hand or by a button. */
  'slipway-entered': null;
}

/** What the Enter key types. */
const ENTER = 13;

const FIT_MS = 60;

const DEFAULT_SETTINGS: ScreenSettings = { fontSize: 14, screenReader: false };

/**
 * `<slipway-terminal course="…" name="…" lesson="…">`: one terminal of the learner's sandbox. It opens when `open()` is called, and
 * stays open while it is in the page, wherever the page moves it. `data-state` has the name of its state.
 */
export class SlipwayTerminal extends HTMLElement {
  readonly #encoder = new TextEncoder();
  #settings = DEFAULT_SETTINGS;
  #screen: Screen | undefined;
  #search: SearchBar | undefined;
  #status: StatusView | undefined;
  #notice: NoticeView | undefined;
  #connection: Connection | undefined;
  #life: AbortController | undefined;
  #prompt: Prompt | null = null;
  #opening: Promise<void> | undefined;
  #fitting: number | undefined;
  #releaseControl: (() => void) | null = null;

  get name(): string {
    return this.getAttribute('name') ?? 'main';
  }

  get state(): TerminalState {
    return this.#connection?.state ?? { name: 'idle' };
  }

  /** What the server said of the prompt last; null where it has not said anything since the terminal was attached. */
  get prompt(): Prompt | null {
    return this.#prompt;
  }

  /** Scrollback and screen, as text. */
  get screenText(): string {
    return this.#screen?.text ?? '';
  }

  connectedMoveCallback(): void {
    // Moved within the page: nothing ends. Without this callback the browser would call the two others.
  }

  disconnectedCallback(): void {
    // Where the browser cannot move an element, it is out of the page for an instant when the page changes.
    queueMicrotask(() => {
      if (!this.isConnected) this.#close();
    });
  }

  /** Starts the terminal; does nothing where it has started. */
  open(): Promise<void> {
    return (this.#opening ??= this.#start());
  }

  /** Connects anew, from whatever state. */
  async reconnect(): Promise<void> {
    await this.open();
    this.#connection?.start(this.#screen?.fittingSize);
  }

  /** Lets go of the connection; `reconnect()` takes it up again. */
  disconnect(): void {
    this.#connection?.stop();
  }

  override focus(options?: FocusOptions): void {
    if (this.#screen === undefined) super.focus(options);
    else this.#screen.terminal.focus();
  }

  apply(settings: ScreenSettings): void {
    this.#settings = settings;
    this.#screen?.apply(settings);
    this.#fit();
  }

  /** Types text as it is. False: the terminal is not connected. */
  type(text: string): boolean {
    return this.#send(this.#encoder.encode(text));
  }

  /** Types a block of commands and presses Enter. */
  typeCommand(source: string): boolean {
    this.#screen?.terminal.scrollToBottom();
    return this.type(encodeCommand(source, this.#screen?.bracketedPaste ?? false));
  }

  /** Says that something is about to happen, and what the learner may do about it. */
  warn(words: string, action: { label: string; press: () => void } | null): void {
    this.#notice?.warn(words, action);
  }

  /** Whether a program asked for the other form of the arrow keys. */
  get applicationCursorKeys(): boolean {
    return this.#screen?.terminal.modes.applicationCursorKeysMode ?? false;
  }

  /** The next letter is typed with Ctrl; `released` is called then. Null: not after all. */
  holdControl(released: (() => void) | null): void {
    this.#releaseControl = released;
  }

  #typed(data: Uint8Array): void {
    const release = this.#releaseControl;
    this.#releaseControl = null;
    release?.();
    this.#send(release === null ? data : withControl(data));
  }

  #send(data: Uint8Array): boolean {
    const sent = this.#connection?.type(data) ?? false;
    if (sent && data.includes(ENTER)) this.#tell('slipway-entered', null);
    return sent;
  }

  async #start(): Promise<void> {
    const container = make('div', { class: 'terminal-screen' });
    this.#status = new StatusView(this, this.name, () => this.#act());
    this.#notice = new NoticeView(this, () => this.#screen?.cursorIsHigh ?? true);
    this.prepend(container);
    this.#life = new AbortController();
    const { signal } = this.#life;
    await terminalFontReady();
    if (signal.aborted) return;

    const screen = new Screen(container, this.#settings, {
      typed: (data) => this.#typed(data),
      cellsChanged: () => this.#fit(),
    });
    this.#screen = screen;
    const type = (text: string) => this.type(text);
    enableCopyAndPaste({ screen, container, type, find: () => this.find(), signal });
    screen.terminal.textarea?.setAttribute('aria-label', `Terminal ${this.name}. F6 leads out of it.`);
    document.addEventListener('slipway-scheme', () => screen.followScheme(), { signal });
    document.addEventListener('visibilitychange', () => this.#connection?.setVisible(!document.hidden), { signal });
    const resizes = new ResizeObserver(() => this.#fit());
    resizes.observe(container);
    signal.addEventListener('abort', () => resizes.disconnect());

    this.#connection = new Connection(
      {
        admission: () => this.#admission(),
        socket: (listener) => openWebSocket(this.#address, listener),
        clock: browserClock,
        random: Math.random,
      },
      this.#listener(screen),
    );
    onWake(() => this.#connection?.wake(), signal);
    const size = screen.fittingSize;
    screen.fill();
    this.#connection.start(size, !document.hidden);
  }

  #listener(screen: Screen): ConnectionListener {
    return {
      state: (state) => {
        this.dataset['state'] = state.name;
        if (state.name !== 'connected') this.#prompt = null;
        if (state.name === 'refused') this.#notice?.past();
        this.#status?.show(state);
        this.#tell('slipway-state', state);
      },
      attached: (message, fresh) => screen.attach(message, fresh),
      bytes: (data, position, parsed) => screen.write(data, position, parsed),
      size: (size: TerminalSize) => screen.resize(size),
      prompt: (prompt) => {
        this.#prompt = prompt;
        this.#tell('slipway-prompt', prompt);
      },
      commandEnded: (status) => this.#tell('slipway-command-ended', { status }),
      notice: (code, reference) => this.#notice?.show(code, reference),
      sessionTime: (leftMs, extendMs) => this.#tell('slipway-session-time', { leftMs, extendMs }),
      returned: (from) => this.#notice?.returned(from),
    };
  }

  /** As the page is now: the terminal lives on when it goes on to another lesson. */
  get #address(): string {
    const lesson = this.getAttribute('lesson') ?? '';
    const path = `/api/courses/${this.getAttribute('course')}/terminals/${this.name}`;
    return lesson === '' ? path : `${path}?lesson=${encodeURIComponent(lesson)}`;
  }

  async #admission(): Promise<Admission> {
    const admission = await askForAdmission();
    if (admission.kind === 'refused' && admission.code === 'access-code-needed') {
      location.replace(`/join/?next=${encodeURIComponent(location.pathname + location.hash)}`);
    }
    return admission;
  }

  /** The button that the state shows. */
  #act(): void {
    if (this.state.name === 'ended') this.#connection?.restartShell();
    else this.#connection?.start(this.#screen?.fittingSize);
    this.focus();
  }

  /** Tells the size that would fill the pane. While it is dragged, not with every frame: programs redraw each time. */
  #fit(): void {
    if (this.#fitting !== undefined) return;
    this.#fitting = window.setTimeout(() => {
      this.#fitting = undefined;
      const size = this.#screen?.fittingSize;
      if (size !== undefined) this.#connection?.resize(size);
    }, FIT_MS);
  }

  /** Opens the search bar. */
  find(): void {
    if (this.#screen === undefined) return;
    this.#search ??= new SearchBar(this, this.#screen.terminal);
    void this.#search.open();
  }

  #tell<K extends keyof TerminalEvents>(name: K, detail: TerminalEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  #close(): void {
    this.#life?.abort();
    this.#connection?.stop();
    this.#screen?.dispose();
    this.#opening = undefined;
    this.#connection = this.#screen = this.#search = undefined;
    this.replaceChildren();
  }
}

export function defineTerminal(): void {
  if (customElements.get('slipway-terminal') === undefined) customElements.define('slipway-terminal', SlipwayTerminal);
}
