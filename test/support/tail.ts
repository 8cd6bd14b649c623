/** A terminal that prints too much to keep: what came last, and how much it was. */
import { expect } from 'vitest';
import type { SandboxDriver } from '../../sandbox-server/sandbox/driver.ts';
import type { TerminalControl } from '../../sandbox-server/sandbox/init/frames.ts';
import { InitStream } from '../../sandbox-server/sandbox/init/stream.ts';

const KEPT = 8192;

export class TailTerminal {
  /** Bytes that were printed. */
  bytes = 0;
  events: { type: string }[] = [];
  private tail = Buffer.alloc(0);
  private stream!: InitStream;

  static async open(driver: SandboxDriver, id: string, name: string): Promise<TailTerminal> {
    const terminal = new TailTerminal();
    const request = { op: 'terminal', name, columns: 80, rows: 24 } as const;
    terminal.stream = new InitStream(await driver.connect(id), request, {
      onData: (bytes) => terminal.print(bytes),
      onControl: (event) => terminal.events.push(event as { type: string }),
    });
    await expect.poll(() => terminal.events.length).toBeGreaterThan(0);
    return terminal;
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

  async endsWith(pattern: RegExp, timeout = 15_000): Promise<void> {
    await expect.poll(() => this.tail.toString('latin1'), { timeout }).toMatch(pattern);
  }

  close(): void {
    this.stream[Symbol.dispose]();
  }

  private print(bytes: Buffer): void {
    this.bytes += bytes.length;
    this.tail = Buffer.concat([this.tail, bytes]).subarray(-KEPT);
  }
}
