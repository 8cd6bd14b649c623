/**
 * One viewer of one terminal: a WebSocket on one side, a stream to the sandbox's `init` on the other.
 *
 * Credit is counted in what the page has parsed: beyond the window the stream is not read, `init` then stops reading the
 * terminal, and the kernel stops the program. A page that is hidden, or parses nothing for a while, is detached, so that
 * it holds nobody back; it goes on from its position.
 */
import type { FastifyBaseLogger } from 'fastify';
import type { WebSocket } from 'ws';
import type { Metrics } from '../metrics/metrics.ts';
import { TerminalMeter } from '../metrics/terminal-meter.ts';
import { type ErrorCode, isServersOwn } from '../protocol/errors.ts';
import { UNPARSED_WINDOW_BYTES } from '../protocol/limits.ts';
import type { ClientMessage, ServerMessage } from '../protocol/messages.ts';
import { InitRefused, InitStream } from '../sandbox/init/stream.ts';
import { LearnerError, toLearnerError } from '../session/learner-error.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { OnStage } from '../session/start-watchers.ts';
import { stillRuns } from '../session/still-runs.ts';
import { codeOfEnd } from '../session/stop-reason.ts';
import { AttachBudget } from './attach-budget.ts';
import { parseClientMessage } from './client-messages.ts';
import type { Connection } from './connection.ts';
import { PageSocket } from './page-socket.ts';
import { orTell, StartTold, tellTime } from './start-told.ts';
import { TerminalInput } from './terminal-input.ts';
import { parseTerminalEvent } from '../sandbox/init/terminal-events.ts';

export interface ViewerOptions {
  webSocket: WebSocket;
  terminal: string;
  /** The learner's sandbox. Throws a `LearnerError` where there can be none. */
  open: () => SandboxSession;
  /** The learner looks at the terminal, for the first time or again. */
  onAttached: () => void;
  /** Prepares the sandbox, which runs, for the lesson that the page shows; calls back where that takes a while. */
  prepare: (session: SandboxSession, onWork: () => void) => Promise<void>;
  metrics: Metrics;
  log: FastifyBaseLogger;
}

/** A page whose window is full and that parses nothing for this long is detached. */
const LAGGING_MS = 5000;

/** `init` attaches within milliseconds; one that has not within this time hangs. */
const ANSWER_MS = 4000;

/** A socket on which nobody says `open` within this time is closed. */
const OPEN_MS = 10_000;

/** `idle`: not opened yet. `detached`: hidden, or lagging. */
type ViewerState = 'idle' | 'attaching' | 'attached' | 'detached' | 'closed';

export class TerminalViewer implements Connection {
  private readonly socket: PageSocket;
  private readonly options: ViewerOptions;
  private readonly meter: TerminalMeter;
  private state: ViewerState = 'idle';
  private session: SandboxSession | undefined;
  private view: Disposable | undefined;
  private time: Disposable | undefined;
  private readonly start = new StartTold((message) => this.tell(message));
  private stream: InitStream | undefined;
  private readonly input = new TerminalInput();
  private shell: string | undefined;
  /** Position up to which bytes were sent to the page, and up to which it has parsed them. */
  private sent = 0;
  private parsed = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly budget = new AttachBudget();
  /** Which attempt to attach is the current one. */
  private attempts = 0;

  constructor(options: ViewerOptions) {
    this.options = options;
    const { webSocket, metrics } = options;
    this.meter = new TerminalMeter(metrics);
    this.socket = new PageSocket({
      webSocket,
      received: (data, isBinary) => this.received(data, isBinary),
      closed: () => this.closed(),
      refused: (code) => metrics.refused(code, 'websocket'),
    });
    this.timer = setTimeout(() => this.close('bad-request'), OPEN_MS);
  }

  close(code: ErrorCode, said?: string): void {
    this.closed();
    this.socket.close(code, said);
  }

  ping(): void {
    this.socket.ping();
  }

  private received(data: Buffer, isBinary: boolean): void {
    if (isBinary) return this.typed(data);
    const message = parseClientMessage(data.toString('utf8'));
    if (!message || (message.type === 'open') !== (this.state === 'idle')) return this.close('bad-request');
    this.obey(message);
  }

  private typed(data: Buffer): void {
    if (this.state !== 'attached') return;
    if (!this.input.type(data)) return this.close('too-many-requests');
    this.meter.typed(data.length);
  }

  private obey(message: ClientMessage): void {
    switch (message.type) {
      case 'open': {
        this.input.size = { columns: message.columns, rows: message.rows };
        this.shell = message.shell;
        this.stopTimer();
        if (message.visible) void this.attach(message.from);
        else this.detach('hidden');
        return;
      }
      case 'parsed':
        return this.acknowledge(message.position);
      case 'resize':
        return this.input.resize({ columns: message.columns, rows: message.rows });
      case 'hide':
        this.start.hidden = this.state === 'attaching' && this.session?.queued === true;
        if (!this.start.hidden && (this.state === 'attached' || this.state === 'attaching')) this.detach('hidden');
        return;
      case 'show':
        this.start.again();
        if (this.state === 'detached') void this.attach(message.from);
        return;
      case 'restart':
        return this.input.restart();
    }
  }

  private async attach(position: number | undefined): Promise<void> {
    if (!this.budget.take()) return this.close('too-many-requests');
    this.state = 'attaching';
    const attempt = ++this.attempts;
    try {
      this.session = this.options.open();
      this.view ??= this.session.view();
      this.meter.opening(this.session.state === 'ready' ? 'warm' : 'cold');
      const onStage: OnStage = (stage, wait) => {
        if (this.attempts === attempt) this.start.stage(stage, wait);
      };
      await this.session.ready(onStage);
      if (this.start.hidden && this.attempts === attempt) return this.detach('hidden');
      await orTell(
        this.options.prepare(this.session, () => onStage('lesson')),
        this.socket,
      );
      const duplex = await this.session.connect(onStage);
      // Hidden, closed, or shown anew meanwhile.
      if (this.attempts !== attempt) return void duplex.destroy();
      const from = this.session.attendance.takeReturned();
      if (from) this.tell({ type: 'returned', from });
      const resume = position === undefined || this.shell === undefined ? {} : { from: position, shell: this.shell };
      const stream: InitStream = new InitStream(
        duplex,
        { op: 'terminal', name: this.options.terminal, ...this.input.size, ...resume },
        {
          onData: (bytes) => this.printed(bytes),
          onControl: (event) => this.heard(event),
          onEnd: (error) => {
            if (this.stream === stream) void this.lost(error);
          },
        },
      );
      this.stream = stream;
      this.input.to(stream);
      this.state = 'attached';
      this.start.clear();
      this.timer = setTimeout(() => this.fail(new LearnerError('sandbox-silent')), ANSWER_MS);
    } catch (error) {
      if (this.attempts === attempt) this.fail(error);
    }
  }

  private heard(message: unknown): void {
    const event = parseTerminalEvent(message);
    if (!event) {
      this.options.log.warn({ sandbox: this.session?.id }, 'init said something that is not in the protocol');
      return;
    }
    if (event.type === 'attached') {
      this.stopTimer();
      this.shell = event.shell;
      this.sent = event.from;
      this.parsed = event.from;
      this.options.onAttached();
    }
    this.meter.heard(event);
    this.tell(event);
    if (event.type === 'attached') this.time ??= tellTime(this.session!.time, (message) => this.tell(message));
  }

  private printed(bytes: Buffer): void {
    this.sent += bytes.length;
    this.meter.printed(bytes.length);
    this.socket.send(bytes, () => this.flow());
    this.flow();
  }

  /**
   * Reads on, or stops. What the page says it has parsed is only half of it: a page may say so and take nothing, so what
   * still waits in our own memory counts as well.
   */
  private flow(): void {
    if (this.state !== 'attached') return;
    const held = this.sent - this.parsed >= UNPARSED_WINDOW_BYTES || this.socket.untaken >= UNPARSED_WINDOW_BYTES;
    if (held) {
      this.stream?.pause();
      this.timer ??= setTimeout(() => this.detach('lagging'), LAGGING_MS);
    } else {
      this.stopTimer();
      this.stream?.resume();
    }
  }

  private acknowledge(position: number): void {
    if (position <= this.parsed || position > this.sent) return;
    this.parsed = position;
    this.stopTimer();
    this.flow();
  }

  private detach(reason: 'hidden' | 'lagging'): void {
    this.state = 'detached';
    this.release();
    this.tell({ type: 'detached', reason });
  }

  /** The stream ended though nobody asked for it: the sandbox ended, or `init` let go of us. */
  private async lost(error: Error | undefined): Promise<void> {
    this.release();
    this.state = 'detached';
    const attempt = this.attempts;
    try {
      // One that says no is there.
      const runs = error instanceof InitRefused || (await stillRuns(this.session!));
      // Shown anew meanwhile: what is told now is of the stream before.
      if (this.attempts !== attempt) return;
      if (!runs) return this.close(codeOfEnd(this.session!.lastEnd), this.session!.lastSaid);
      throw error ?? new LearnerError('unexpected');
    } catch (why) {
      this.fail(why);
    }
  }

  private fail(error: unknown): void {
    if (this.state === 'closed') return;
    const told = toLearnerError(error);
    if (isServersOwn(told.code)) {
      const level = told.code === 'unexpected' ? 'error' : 'info';
      this.options.log[level]({ ...told.about, err: error, sandbox: this.session?.id }, 'a terminal failed');
    }
    this.close(told.code, told.code.endsWith('-by-operator') ? this.session?.lastSaid : undefined);
  }

  private tell(message: ServerMessage): void {
    if (this.state === 'closed') return;
    this.socket.tell(message);
  }

  /** Lets go of the terminal. A page that does not look does not keep its sandbox from resting either. */
  private release(): void {
    this.stopTimer();
    this.attempts++;
    const { stream, view, time } = this;
    this.stream = undefined;
    this.input.to(undefined);
    this.meter.left();
    this.view = undefined;
    this.time = undefined;
    this.start.clear();
    time?.[Symbol.dispose]();
    stream?.[Symbol.dispose]();
    view?.[Symbol.dispose]();
  }

  private closed(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.release();
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
