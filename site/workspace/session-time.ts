import { make } from '../terminal/dom.ts';
import { post } from './api.ts';
import { button, dialogActions, openDialog } from './dialog.ts';
import { dateAndTime } from './moment.ts';

const MINUTE_MS = 60_000;

/** It is said aloud when so much is left, in milliseconds. */
const WARNINGS_MS = [2 * MINUTE_MS, 10 * MINUTE_MS];

/** What is gained by less than this, in milliseconds, is not worth asking for: as on the server. */
const LEAST_EXTENSION_MS = MINUTE_MS;

const TICK_MS = 5000;

export interface SessionPane {
  course: string;
  /** Says it on the terminal that is in front. */
  warn(words: string, action: { label: string; press: () => void } | null): void;
}

/** How much of a session is left where it has an end: a word in the terminals' bar, warnings, and a way to more of it. */
export class SessionTime {
  readonly element = make('button', { type: 'button', class: 'pane-time', hidden: '' });
  readonly #pane: SessionPane;
  #endsAt = 0;
  #extendMs = 0;
  /** The warning that was given last. */
  #warned = Number.POSITIVE_INFINITY;
  #timer: number | undefined;

  constructor(pane: SessionPane) {
    this.#pane = pane;
    this.element.addEventListener('click', () => this.#open());
  }

  /** What the server says of it. */
  hear({ leftMs, extendMs }: { leftMs: number; extendMs: number }): void {
    this.#endsAt = performance.now() + leftMs;
    this.#extendMs = extendMs;
    this.#warned = WARNINGS_MS.find((ms) => ms >= this.#warned && leftMs <= ms) ?? Number.POSITIVE_INFINITY;
    this.#timer ??= window.setInterval(() => this.#tell(), TICK_MS);
    this.#tell();
  }

  /** The session is over, or the page is left. */
  stop(): void {
    window.clearInterval(this.#timer);
    this.#timer = undefined;
    this.#warned = Number.POSITIVE_INFINITY;
    this.element.hidden = true;
  }

  get #leftMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  get #extendable(): boolean {
    return this.#extendMs - this.#leftMs >= LEAST_EXTENSION_MS;
  }

  #tell(): void {
    this.element.hidden = false;
    this.element.textContent = `${short(this.#leftMs)} left`;
    this.element.title = 'How long your session lasts';
    this.element.toggleAttribute('data-soon', this.#leftMs <= WARNINGS_MS.at(-1)!);
    const warning = WARNINGS_MS.find((ms) => this.#leftMs <= ms);
    if (warning === undefined || warning >= this.#warned) return;
    this.#warned = warning;
    const label = `Keep it for ${long(this.#extendMs)}`;
    const press = () => void this.#extend((message) => this.#pane.warn(message, null));
    const words = `Your session ends in ${long(this.#leftMs)}. Its programs end then; your files are kept.`;
    this.#pane.warn(words, this.#extendable ? { label, press } : null);
  }

  #open(): void {
    const note = make('p', { role: 'alert' });
    const ends = dateAndTime(Date.now() + this.#leftMs);
    const later = `It can be made longer when less than ${long(this.#extendMs)} of it are left.`;
    const dialog = openDialog(
      'Your session',
      make(
        'p',
        {},
        `It ends ${ends}, in ${long(this.#leftMs)}. Its programs end then. Your files are kept, and so is what the terminals show; you can start again.`,
      ),
      ...(this.#extendMs > 0 && !this.#extendable ? [make('p', {}, later)] : []),
      note,
      dialogActions(
        button('Close', () => dialog.close()),
        ...(this.#extendable ? [button(`Keep it for ${long(this.#extendMs)}`, () => void go(), 'signal')] : []),
      ),
    );
    const go = async () => {
      if (await this.#extend((message) => (note.textContent = message))) dialog.close();
    };
  }

  async #extend(failed: (message: string) => void): Promise<boolean> {
    // The new end comes by the terminals.
    const outcome = await post(`/api/courses/${this.#pane.course}/sandbox/extend-session`);
    if (!outcome.ok) failed(outcome.message);
    return outcome.ok;
  }
}

/** `58 min`, `1 h 20 min` */
function short(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / MINUTE_MS));
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** `a minute`, `58 minutes`, `2 hours` */
export function long(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS));
  if (minutes === 1) return 'a minute';
  if (minutes < 90) return `${minutes} minutes`;
  const hours = Math.round(minutes / 6) / 10;
  return `${hours} hours`;
}
