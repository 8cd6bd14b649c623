import { ERRORS, errorOfCloseCode, type ErrorCode } from '../../sandbox-server/protocol/errors.ts';
import type { LessonClientMessage, LessonServerMessage } from '../../sandbox-server/protocol/lesson.ts';
import type { Session } from '../terminal/admission.ts';
import { delayBeforeAttempt } from '../terminal/backoff.ts';
import type { Clock } from '../terminal/clock.ts';
import type { Socket, SocketListener } from '../terminal/socket.ts';

export type LiveState =
  | { name: 'connecting' }
  | { name: 'connected' }
  /** It was connected, and the page tries again by itself. What was done is kept. */
  | { name: 'lost' }
  /** The server said no. */
  | { name: 'refused'; code: ErrorCode };

export interface LiveMeans {
  session: () => Promise<Session>;
  socket: (listener: SocketListener) => Socket;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
}

export interface LiveListener {
  state(state: LiveState): void;
  heard(message: LessonServerMessage): void;
}

/** A socket that has not opened by then will not. */
const OPEN_TIMEOUT_MS = 10_000;

/** A connection that held this long was a good one: the next loss starts with short waits again. */
const GOOD_AFTER_MS = 5_000;

/**
 * The page's socket to a lesson: tasks, quizzes, progress. After every loss it connects anew, and the server then says how
 * everything stands. A page that is hidden keeps it: a task turns green there too.
 */
export class LessonLive {
  readonly #means: LiveMeans;
  readonly #listener: LiveListener;
  #state: LiveState = { name: 'connecting' };
  #socket: Socket | undefined;
  #openedAt: number | undefined;
  #failures = 0;
  #timer: number | undefined;

  constructor(means: LiveMeans, listener: LiveListener) {
    this.#means = means;
    this.#listener = listener;
  }

  get state(): LiveState {
    return this.#state;
  }

  start(): void {
    this.#failures = 0;
    void this.#attempt();
  }

  stop(): void {
    this.#drop();
  }

  /** The network or the page is back: a socket that may have died in silence is replaced. */
  wake(): void {
    if (this.#state.name !== 'refused') void this.#attempt();
  }

  /** False: it goes nowhere now. */
  say(message: LessonClientMessage): boolean {
    // A socket that is being replaced is not open yet, though the state does not say so.
    if (this.#openedAt === undefined) return false;
    this.#socket?.send(JSON.stringify(message));
    return true;
  }

  async #attempt(): Promise<void> {
    this.#drop();
    // Whatever drops this attempt sets another timer; its answer is then not ours any more.
    const mine = (this.#timer = this.#means.clock.setTimeout(() => this.#lost(), OPEN_TIMEOUT_MS));
    const session = await this.#means.session();
    if (this.#timer !== mine) return;
    if (session.kind === 'unreachable') return this.#lost();
    if (session.kind === 'refused') return this.#refuse(session.code);
    this.#socket = this.#means.socket({
      opened: () => {},
      text: (data) => this.#heard(JSON.parse(data) as LessonServerMessage),
      bytes: () => {},
      closed: (code) => this.#closed(code),
    });
  }

  #heard(message: LessonServerMessage): void {
    if (this.#openedAt === undefined) {
      this.#clearTimer();
      this.#openedAt = this.#means.clock.now();
      this.#become({ name: 'connected' });
    }
    this.#listener.heard(message);
  }

  #closed(code: number): void {
    const error = errorOfCloseCode(code);
    if (error === undefined || ERRORS[error].retry) this.#lost();
    else this.#refuse(error);
  }

  #refuse(code: ErrorCode): void {
    if (ERRORS[code].retry) return this.#lost(true);
    this.#drop();
    this.#become({ name: 'refused', code });
  }

  #lost(refused = false): void {
    const { clock, random } = this.#means;
    if (this.#openedAt !== undefined && clock.now() - this.#openedAt >= GOOD_AFTER_MS) this.#failures = 0;
    this.#drop();
    this.#become({ name: 'lost' });
    const wait = delayBeforeAttempt(this.#failures++, random(), refused);
    this.#timer = clock.setTimeout(() => void this.#attempt(), wait);
  }

  #drop(): void {
    this.#clearTimer();
    this.#socket?.close();
    this.#socket = undefined;
    this.#openedAt = undefined;
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#means.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #become(state: LiveState): void {
    this.#state = state;
    this.#listener.state(state);
  }
}
