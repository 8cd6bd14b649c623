import { FitAddon } from '@xterm/addon-fit';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import { MAX_CELLS, MIN_CELLS, SCROLLBACK_LINES } from '../../sandbox-server/protocol/limits.ts';
import type { AttachedMessage, TerminalSize } from '../../sandbox-server/protocol/messages.ts';
import { linkHandler, openLink } from './links.ts';
import { currentScheme, PALETTES } from './palette.ts';
import { drawWithWebGl, hasWebGl } from './renderer.ts';
import { ReplayGate } from './replay.ts';
import { screenTextOf } from './screen-text.ts';

export const TERMINAL_FONT = "'Slipway Terminal', ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace";

/** CAN ends whatever sequence was under way; RIS resets. Written, not called: the emulator still has output to parse. */
const RESET = '\u0018\u001bc';

/** Dim, in the terminal itself: it is true of the place where it stands. */
const CUT_NOTICE = '\u001b[2m[Older output is no longer kept; it goes on here.]\u001b[0m\r\n';

const RULER_WIDTH = 10;

export interface ScreenSettings {
  fontSize: number;
  screenReader: boolean;
}

export interface ScreenEvents {
  /** What the learner types and what the emulator answers. */
  typed: (data: Uint8Array) => void;
  /** Another size may fit now. */
  cellsChanged: () => void;
}

/** The emulator and all that belongs to it: what is printed goes in, what is typed comes out. */
export class Screen {
  readonly terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #gate: ReplayGate;
  readonly #container: HTMLElement;
  readonly #cellsChanged: () => void;
  #drawing = false;
  /** WebGL will draw, and does not yet. */
  #awaitsWebGl = hasWebGl();

  /** `container` must be in the page and have a size. */
  constructor(
    container: HTMLElement,
    { fontSize, screenReader }: ScreenSettings,
    { typed, cellsChanged }: ScreenEvents,
  ) {
    this.#container = container;
    this.#cellsChanged = cellsChanged;
    this.terminal = new Terminal({
      // The graphemes addon and search decorations are "proposed".
      allowProposedApi: true,
      cursorBlink: false,
      fontFamily: TERMINAL_FONT,
      fontSize,
      lineHeight: 1.2,
      linkHandler: linkHandler(container),
      macOptionIsMeta: true,
      minimumContrastRatio: 4.5,
      rightClickSelectsWord: false,
      screenReaderMode: screenReader,
      scrollback: SCROLLBACK_LINES,
      overviewRuler: { width: RULER_WIDTH },
      theme: PALETTES[currentScheme()],
    });
    this.#gate = new ReplayGate(this.terminal);
    this.terminal.loadAddon(this.#fit);
    this.terminal.loadAddon(new WebLinksAddon((_event, uri) => openLink(uri)));
    this.terminal.loadAddon(new UnicodeGraphemesAddon());
    this.terminal.open(container);

    const encoder = new TextEncoder();
    this.terminal.onData((data) => {
      if (!this.#gate.closed || isFromLearner()) typed(encoder.encode(data));
    });
    // Mouse reports in the old encoding are bytes, not text.
    this.terminal.onBinary((data) => typed(Uint8Array.from(data, (letter) => letter.charCodeAt(0))));
  }

  /** A stream of output starts, from the server's word on. */
  attach({ columns, rows, from, replayTo, cut, modes }: AttachedMessage, fresh: boolean): void {
    const prelude = `${fresh ? RESET : ''}${cut ? CUT_NOTICE : ''}${modes}`;
    this.resize({ columns, rows });
    this.#gate.begin(from, replayTo, prelude);
  }

  write(data: Uint8Array, position: number, parsed: () => void): void {
    this.#gate.write(data, position, parsed);
    if (this.#drawing) return;
    this.#drawing = true;
    void drawWithWebGl(this.terminal, () => {
      this.#awaitsWebGl = false;
      this.#cellsChanged();
    });
  }

  /** Sets the size that all viewers share. */
  resize({ columns, rows }: TerminalSize): void {
    if (columns !== this.terminal.cols || rows !== this.terminal.rows) this.terminal.resize(columns, rows);
  }

  /** Fills the container as long as nobody else has a say: with cells as they are drawn now, whatever will draw them. */
  fill(): void {
    const size = this.#sizeOf(undefined);
    if (size !== undefined) this.resize(size);
  }

  /** The size that would fill the container with the cells that will be drawn; undefined while it has none. */
  get fittingSize(): TerminalSize | undefined {
    return this.#sizeOf(this.#awaitsWebGl ? this.#columnsOfWebGl : undefined);
  }

  #sizeOf(columns: number | undefined): TerminalSize | undefined {
    const fitting = this.#fit.proposeDimensions();
    if (fitting === undefined || !Number.isFinite(fitting.cols) || !Number.isFinite(fitting.rows)) return undefined;
    const bounded = (cells: number) => Math.min(MAX_CELLS, Math.max(MIN_CELLS, cells));
    return { columns: bounded(columns ?? fitting.cols), rows: bounded(fitting.rows) };
  }

  /**
   * WebGL's cells are whole pixels of the screen, the page's elements' are not. The size is right from the start, or what
   * is replayed would be wrapped for one size and shown in another.
   */
  get #columnsOfWebGl(): number | undefined {
    const drawn = this.#container.querySelector('.xterm-screen')?.getBoundingClientRect().width ?? 0;
    const cell = Math.floor((drawn / this.terminal.cols) * devicePixelRatio) / devicePixelRatio;
    return cell > 0 ? Math.floor((this.#container.clientWidth - RULER_WIDTH) / cell) : undefined;
  }

  get bracketedPaste(): boolean {
    return this.terminal.modes.bracketedPasteMode;
  }

  get text(): string {
    return screenTextOf(this.terminal.buffer.active);
  }

  /** Whether the cursor is in the upper half. */
  get cursorIsHigh(): boolean {
    return this.terminal.buffer.active.cursorY < this.terminal.rows / 2;
  }

  followScheme(): void {
    this.terminal.options.theme = PALETTES[currentScheme()];
  }

  apply({ fontSize, screenReader }: ScreenSettings): void {
    this.terminal.options.fontSize = fontSize;
    this.terminal.options.screenReaderMode = screenReader;
  }

  dispose(): void {
    this.terminal.dispose();
  }
}

/**
 * Whether a key is being handled right now. The emulator parses from timers and from the socket's messages, so what it
 * types meanwhile is its own answer to what it parsed. Mouse and focus do not count: a replay turns their reports on and
 * off again.
 */
function isFromLearner(): boolean {
  const { event } = globalThis as { event?: Event };
  return event instanceof KeyboardEvent || event instanceof InputEvent || event instanceof CompositionEvent;
}
