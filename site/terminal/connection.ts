import { ERRORS, errorOfCloseCode, type ErrorCode } from '../../sandbox-server/protocol/errors.ts';
import { MAX_CLIENT_MESSAGE_BYTES } from '../../sandbox-server/protocol/limits.ts';
import type {
  AttachedMessage,
  ClientMessage,
  ServerMessage,
  TerminalSize,
} from '../../sandbox-server/protocol/messages.ts';
import { Acknowledgements } from './acknowledgements.ts';
import type { Admission } from './admission.ts';
import { delayBeforeAttempt } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Socket, SocketListener } from './socket.ts';
import type { ToldError } from './reference.ts';
import type { TerminalState } from './state.ts';
import { StreamPosition } from './stream-position.ts';

/** A socket that has not opened by then will not. */
const OPEN_TIMEOUT_MS = 10_000;

/** An answer to `show` takes one round trip; a socket that is silent for so long died while the page slept. */
const SHOW_TIMEOUT_MS = 5_000;

/** A connection that held this long was a good one: the next loss starts with short waits again. */
const GOOD_AFTER_MS = 5_000;

/** Something the learner should know while the terminal goes on. */
export type NoticeCode = Extract<ServerMessage, { type: 'notice' }>['code'];

/** What became of the sandbox while its learner was away. */
export type Returned = Extract<ServerMessage, { type: 'returned' }>['from'];

/** What a connection tells whoever shows the terminal. */
export interface ConnectionListener {
  state(state: TerminalState): void;
  /** `fresh`: what was shown before belongs to another shell or is no longer continued; start with an empty screen. */
  attached(message: AttachedMessage, fresh: boolean): void;
  /** Output that starts at `position`; `parsed` is called when the emulator has parsed all of it. */
  bytes(data: Uint8Array, position: number, parsed: () => void): void;
  size(size: TerminalSize): void;
  prompt(prompt: { waiting: boolean; sure: boolean }): void;
  commandEnded(status: number | null): void;
  notice(code: NoticeCode, reference?: string): void;
  /** How much of the session is left, and to how long from now it can be put off; in milliseconds. */
  sessionTime(leftMs: number, extendMs: number): void;
  /** What became of the sandbox while the learner was away. */
  returned(from: Returned): void;
}

export interface ConnectionMeans {
  admission: () => Promise<Admission>;
  socket: (listener: SocketListener) => Socket;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
}

/** One viewer of one terminal: keeps a socket to it, and after every loss goes on from the byte it has come to. */
export class Connection {
  readonly #means: ConnectionMeans;
  readonly #listener: ConnectionListener;
  readonly #acknowledgements: Acknowledgements;
  #state: TerminalState = { name: 'idle' };
  #socket: Socket | undefined;
  #size: TerminalSize = { columns: 80, rows: 24 };
  #visible = true;
  readonly #position = new StreamPosition();
  /** How far the present socket has come. */
  #stage: 'closed' | 'open' | 'attached' = 'closed';
  /** What the server was told last. */
  #toldVisible = true;
  #attachedAt = 0;
  #failures = 0;
  /** Counted apart: attempts that found no server say nothing of how long a server has no room. */
  #refusals = 0;
  #restartWhenAttached = false;
  /** What the server says of why it closes this socket. */
  #closing: Pick<ToldError, 'reference' | 'said'> = {};
  #timer: number | undefined;

  constructor(means: ConnectionMeans, listener: ConnectionListener) {
    this.#means = means;
    this.#listener = listener;
    this.#acknowledgements = new Acknowledgements((position) => this.#say({ type: 'parsed', position }), means.clock);
  }

  get state(): TerminalState {
    return this.#state;
  }

  /** Opens the terminal, or, in whatever state, at once tries anew. */
  start(size: TerminalSize = this.#size, visible = this.#visible): void {
    this.#size = size;
    this.#visible = visible;
    this.#failures = this.#refusals = 0;
    if (this.#state.name !== 'reconnecting') this.#become({ name: 'starting', stage: null });
    void this.#attempt();
  }

  stop(): void {
    this.#drop();
    this.#become({ name: 'idle' });
  }

  /** Types into the terminal. False: the terminal does not take anything now, and the bytes are gone. */
  type(data: Uint8Array): boolean {
    if (this.#state.name !== 'connected') return false;
    for (let start = 0; start < data.length; start += MAX_CLIENT_MESSAGE_BYTES) {
      this.#socket?.send(data.subarray(start, start + MAX_CLIENT_MESSAGE_BYTES));
    }
    return true;
  }

  resize(size: TerminalSize): void {
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    this.#size = size;
    if (this.#stage === 'attached') this.#say({ type: 'resize', ...size });
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (this.#stage === 'closed' || visible === this.#toldVisible) return;
    this.#toldVisible = visible;
    if (visible) this.#show();
    else this.#say({ type: 'hide' });
  }

  /** The network or the page is back: waits are cut short, and a socket that may have died in silence is replaced. */
  wake(): void {
    const { name } = this.#state;
    if (name === 'connected' || name === 'detached' || name === 'queued') this.#lost(null, 0);
    else if (name === 'reconnecting' || (name === 'refused' && this.#state.retryAt !== null)) void this.#attempt();
  }

  /** Starts a new shell after the one before has ended. */
  restartShell(): void {
    if (this.#state.name !== 'ended') return;
    this.#become({ name: 'starting', stage: 'shell' });
    if (this.#stage === 'attached') return this.#say({ type: 'restart' });
    this.#restartWhenAttached = true;
    void this.#attempt();
  }

  async #attempt(): Promise<void> {
    this.#drop();
    if (this.#state.name === 'reconnecting') this.#become({ ...this.#state, retryAt: null });
    // Whatever drops this attempt sets another socket or timer; its answer is then not ours any more.
    const mine = (this.#timer = this.#means.clock.setTimeout(() => this.#lost(null), OPEN_TIMEOUT_MS));
    const admission = await this.#means.admission();
    if (this.#timer !== mine) return;
    if (admission.kind === 'unreachable') return this.#lost(null);
    if (admission.kind === 'refused') {
      const { kind: _, ...error } = admission;
      return this.#refuse(error);
    }
    const socket = this.#means.socket({
      opened: () => this.#opened(),
      text: (data) => this.#heard(JSON.parse(data) as ServerMessage),
      bytes: (data) => this.#output(data),
      closed: (code) => this.#closed(code),
    });
    this.#socket = socket;
  }

  #opened(): void {
    this.#clearTimer();
    this.#stage = 'open';
    this.#toldVisible = this.#visible;
    this.#say({ type: 'open', ...this.#position.known, visible: this.#visible, ...this.#size });
  }

  #heard(message: ServerMessage): void {
    switch (message.type) {
      case 'starting':
        this.#clearTimer(); // the answer to `show`, where the page was hidden while it waits
        return this.#become(
          message.wait === undefined
            ? { name: 'starting', stage: message.stage, ...(message.slow && { slow: true }) }
            : { name: 'queued', wait: message.wait, toldAt: this.#means.clock.now() },
        );
      case 'attached':
        return this.#attach(message);
      case 'size':
        return this.#listener.size({ columns: message.columns, rows: message.rows });
      case 'prompt':
        return this.#listener.prompt({ waiting: message.waiting, sure: message.sure });
      case 'command-ended':
        return this.#listener.commandEnded(message.status);
      case 'returned':
        return this.#listener.returned(message.from);
      case 'notice':
        return this.#listener.notice(message.code, message.reference);
      case 'session-time':
        return this.#listener.sessionTime(message.leftMs, message.extendMs);
      case 'detached':
        return this.#detach(message.reason);
      case 'exited':
        return this.#exited(message);
      case 'closing':
        {
          const { type: _, ...told } = message;
          this.#closing = { ...this.#closing, ...told };
        }
        return;
    }
  }

  #attach(message: AttachedMessage): void {
    this.#clearTimer();
    const { fresh, sameShell } = this.#position.attach(message);
    if (!sameShell) this.#restartWhenAttached = false;
    this.#stage = 'attached';
    this.#attachedAt = this.#means.clock.now();
    this.#acknowledgements.reset(message.from);
    this.#listener.attached(message, fresh);
    this.#become({ name: 'connected' });
  }

  #output(data: Uint8Array): void {
    const { news, from, to, settle } = this.#position.take(data);
    if (news.length === 0) return;
    this.#listener.bytes(news, from, () => {
      if (!settle() || this.#stage !== 'attached') return;
      this.#acknowledgements.parsed(to);
      this.#catchUp();
    });
  }

  #detach(reason: 'hidden' | 'lagging'): void {
    // The page may have become visible again before the server's word came.
    if (reason === 'hidden' && this.#visible) return;
    this.#become({ name: 'detached', reason });
    this.#catchUp();
  }

  /** A viewer that lagged asks for more when it has parsed all that it got. */
  #catchUp(): void {
    if (this.#state.name !== 'detached' || this.#state.reason !== 'lagging') return;
    if (this.#visible && this.#position.settled) this.#show();
  }

  #show(): void {
    this.#say({ type: 'show', from: this.#position.received });
    this.#clearTimer();
    this.#timer = this.#means.clock.setTimeout(() => this.#lost(null, 0), SHOW_TIMEOUT_MS);
  }

  #exited({ status, signal }: { status: number | null; signal: string | null }): void {
    if (this.#restartWhenAttached) {
      this.#restartWhenAttached = false;
      return this.#say({ type: 'restart' });
    }
    this.#become({ name: 'ended', status, signal });
  }

  #closed(code: number): void {
    const error = errorOfCloseCode(code) ?? null;
    // What had ended stays so; a new shell is asked for over a new socket.
    if (this.#state.name === 'ended' && (error === null || ERRORS[error].retry)) return this.#drop();
    if (error === null) return this.#lost(null);
    // A learner who sees a terminal or their place has lost a connection; one who has none yet was told no.
    const had = this.#stage === 'attached' || (this.#state.name === 'queued' && error === 'server-stopping');
    // A gateway that was started again may be there before its supervisor is.
    const passing = error === 'supervisor-away' && this.#state.name === 'reconnecting';
    if (ERRORS[error].retry && (had || passing)) return this.#lost(error);
    this.#refuse({ code: error, ...this.#closing });
  }

  #lost(cause: ErrorCode | null, delay?: number): void {
    const queued =
      this.#state.name === 'queued' || (this.#state.name === 'reconnecting' && this.#state.queued === true);
    const held = this.#stage === 'attached' && this.#means.clock.now() - this.#attachedAt >= GOOD_AFTER_MS;
    if (held) this.#failures = this.#refusals = 0;
    this.#drop();
    const wait = delay ?? delayBeforeAttempt(this.#failures++, this.#means.random());
    this.#become({ name: 'reconnecting', retryAt: this.#means.clock.now() + wait, cause, queued });
    this.#timer = this.#means.clock.setTimeout(() => void this.#attempt(), wait);
  }

  #refuse(error: ToldError): void {
    this.#drop();
    if (!ERRORS[error.code].retry) return this.#become({ name: 'refused', ...error, retryAt: null });
    const wait = delayBeforeAttempt(this.#refusals++, this.#means.random(), true);
    this.#become({ name: 'refused', ...error, retryAt: this.#means.clock.now() + wait });
    this.#timer = this.#means.clock.setTimeout(() => void this.#attempt(), wait);
  }

  #say(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #drop(): void {
    this.#clearTimer();
    this.#socket?.close();
    this.#socket = undefined;
    this.#stage = 'closed';
    this.#closing = {};
    this.#position.detach();
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#means.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #become(state: TerminalState): void {
    this.#state = state;
    this.#listener.state(state);
  }
}
