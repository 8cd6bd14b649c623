import type { AttachedMessage, ClientMessage, ServerMessage } from '../../../sandbox-server/protocol/messages.ts';
import type { Admission } from '../../../site/terminal/admission.ts';
import type { Clock } from '../../../site/terminal/clock.ts';
import { Connection } from '../../../site/terminal/connection.ts';
import type { Prompt, TerminalEvents } from '../../../site/terminal/element.ts';
import type { SocketListener } from '../../../site/terminal/socket.ts';
import type { TerminalState } from '../../../site/terminal/state.ts';

/** Time that a test moves. */
export class FakeClock implements Clock {
  #now = 0;
  #next = 1;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): number {
    const timer = this.#next++;
    this.#timers.set(timer, { at: this.#now + milliseconds, callback });
    return timer;
  }

  clearTimeout(timer: number): void {
    this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const [due] = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (due === undefined) break;
      const [timer, { at, callback }] = due;
      this.#timers.delete(timer);
      this.#now = at;
      callback();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets answered promises have their effect. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

export class FakeSocket {
  readonly listener: SocketListener;
  readonly said: ClientMessage[] = [];
  readonly typed: Uint8Array[] = [];
  closed = false;

  constructor(listener: SocketListener) {
    this.listener = listener;
  }

  send(data: string | Uint8Array): void {
    if (typeof data === 'string') this.said.push(JSON.parse(data) as ClientMessage);
    else this.typed.push(data);
  }

  close(): void {
    this.closed = true;
  }
}

/** A connection between a server that does what the test says and a screen that remembers what it was told. */
export class Scene {
  readonly clock = new FakeClock();
  readonly sockets: FakeSocket[] = [];
  readonly states: TerminalState[] = [];
  readonly told: unknown[] = [];
  /** Output as it reached the emulator, and the acknowledgements that the emulator owes. */
  output = '';
  readonly unparsed: (() => void)[] = [];
  admission: Admission = { kind: 'admitted' };
  admissions = 0;
  random = 0.5;

  readonly connection = new Connection(
    {
      admission: async () => {
        this.admissions++;
        return this.admission;
      },
      socket: (listener) => {
        const socket = new FakeSocket(listener);
        this.sockets.push(socket);
        return socket;
      },
      clock: this.clock,
      random: () => this.random,
    },
    {
      state: (state) => this.states.push(state),
      attached: ({ from, replayTo }, fresh) => {
        if (fresh) this.output = '';
        this.told.push({ attached: { from, replayTo, fresh } });
      },
      bytes: (data, position, parsed) => {
        this.output += new TextDecoder().decode(data);
        this.told.push({ bytes: data.length, position });
        this.unparsed.push(parsed);
      },
      size: (size) => this.told.push({ size }),
      prompt: (prompt) => this.told.push({ prompt }),
      commandEnded: (status) => this.told.push({ status }),
      notice: (code) => this.told.push({ notice: code }),
      sessionTime: (leftMs, extendMs) => this.told.push({ leftMs, extendMs }),
      returned: (from) => this.told.push({ returned: from }),
    },
  );

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  }

  get state(): TerminalState {
    return this.connection.state;
  }

  /** Messages on the latest socket. */
  get said(): ClientMessage[] {
    return this.socket.said;
  }

  async start(): Promise<this> {
    this.connection.start({ columns: 100, rows: 30 }, true);
    await settle();
    return this;
  }

  opened(): this {
    this.socket.listener.opened();
    return this;
  }

  says(message: ServerMessage): this {
    this.socket.listener.text(JSON.stringify(message));
    return this;
  }

  attaches(message: Partial<AttachedMessage> = {}): this {
    const { from = 0 } = message;
    const usual = { shell: 'a', from, replayTo: from, cut: false, modes: '', columns: 100, rows: 30 };
    return this.says({ type: 'attached', ...usual, ...message });
  }

  prints(text: string): this {
    this.socket.listener.bytes(new TextEncoder().encode(text));
    return this;
  }

  parses(): this {
    for (const parsed of this.unparsed.splice(0)) parsed();
    return this;
  }

  async closes(code: number): Promise<this> {
    this.socket.listener.closed(code);
    await settle();
    return this;
  }

  /** Started, opened and attached: a terminal in use. */
  static async connected(): Promise<Scene> {
    return (await new Scene().start()).opened().attaches();
  }
}

/** A terminal as far as commands are typed into it. */
export class FakeTerminal extends EventTarget {
  state: TerminalState = { name: 'connected' };
  prompt: Prompt | null = null;
  takes = true;
  readonly typed: string[] = [];

  type(text: string): boolean {
    this.typed.push(text);
    return this.takes;
  }

  typeCommand(source: string): boolean {
    return this.type(`${source}\r`);
  }

  becomes(state: TerminalState): void {
    this.state = state;
    this.#tell('slipway-state', state);
  }

  prompts(waiting: boolean, sure = true): void {
    this.prompt = { waiting, sure };
    this.#tell('slipway-prompt', this.prompt);
  }

  ends(status: number | null): void {
    this.#tell('slipway-command-ended', { status });
  }

  #tell<K extends keyof TerminalEvents>(name: K, detail: TerminalEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Whose shell waits for a command. */
export function atPrompt(): FakeTerminal {
  const terminal = new FakeTerminal();
  terminal.prompt = { waiting: true, sure: true };
  return terminal;
}
