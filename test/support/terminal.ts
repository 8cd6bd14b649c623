/** A terminal's stream as a test sees it: what was printed, what was told. */
import { expect } from 'vitest';
import type { AttachedMessage, ServerMessage } from '../../sandbox-server/protocol/messages.ts';
import type { SandboxDriver } from '../../sandbox-server/sandbox/driver.ts';
import type { TerminalControl } from '../../sandbox-server/sandbox/init/frames.ts';
import { InitStream } from '../../sandbox-server/sandbox/init/stream.ts';

interface Resume {
  from?: number;
  shell?: string;
  columns?: number;
  rows?: number;
}

export class TestTerminal {
  /** Resolves when the stream has ended. */
  readonly ended: Promise<Error | undefined>;
  readonly events: ServerMessage[] = [];
  private readonly pieces: Buffer[] = [];
  private readonly stream: InitStream;
  private received = 0;

  private constructor(stream: (terminal: TestTerminal, onEnd: (error?: Error) => void) => InitStream) {
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    this.ended = promise;
    this.stream = stream(this, resolve);
  }

  /** Opens the terminal and waits until it is attached. */
  static async open(driver: SandboxDriver, id: string, name: string, resume: Resume = {}): Promise<TestTerminal> {
    const duplex = await driver.connect(id);
    const terminal = new TestTerminal((self, onEnd) => {
      const request = { op: 'terminal', name, columns: 80, rows: 24, ...resume } as const;
      return new InitStream(duplex, request, {
        onData: (bytes) => self.print(bytes),
        onControl: (message) => self.events.push(message as ServerMessage),
        onEnd,
      });
    });
    await terminal.hears('attached');
    return terminal;
  }

  /** Opens a terminal that is refused; resolves to why. */
  static async refusal(driver: SandboxDriver, id: string, name: string): Promise<Error | undefined> {
    const duplex = await driver.connect(id);
    return new Promise((resolve) => {
      const onEnd = (error?: Error) => resolve(error);
      return new InitStream(duplex, { op: 'terminal', name, columns: 80, rows: 24 }, { onEnd });
    });
  }

  get attached(): AttachedMessage {
    return this.events.findLast((event) => event.type === 'attached')!;
  }

  get shell(): string {
    return this.attached.shell;
  }

  /** Position behind the last byte that arrived. */
  get position(): number {
    return this.attached.from + this.received;
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString('utf8');
  }

  type(text: string): void {
    this.stream.send(Buffer.from(text));
  }

  /** Whatever a test wants to say, things included that no server says. */
  control(message: object): void {
    this.stream.control(message as TerminalControl);
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  async shows(pattern: RegExp, timeout = 15_000): Promise<void> {
    await expect.poll(() => this.text, { timeout }).toMatch(pattern);
  }

  async hears(type: ServerMessage['type'], timeout = 15_000): Promise<ServerMessage> {
    await expect.poll(() => this.events.some((event) => event.type === type), { timeout }).toBe(true);
    return this.events.findLast((event) => event.type === type)!;
  }

  close(): void {
    this.stream[Symbol.dispose]();
  }

  private print(bytes: Buffer): void {
    this.pieces.push(Buffer.from(bytes));
    this.received += bytes.length;
  }
}
