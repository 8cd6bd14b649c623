/** The toy `init` of a fake sandbox: speaks ../init/frames.ts as far as tests above the driver need. */
import { randomBytes } from 'node:crypto';
import { duplexPair, type Duplex } from 'node:stream';
import type { SandboxPicture } from '../../protocol/figure.ts';
import { FrameDecoder, encodeControl, encodeFrame } from '../init/decoder.ts';
import { FrameKind, MAX_PAYLOAD_BYTES, UNPACKED, type StreamRequest } from '../init/frames.ts';
import { pictureOf } from './picture.ts';
import { FakeShell, runScript } from './shell.ts';

export class FakeInit {
  private readonly files: Map<string, string>;
  private readonly terminals = new Map<string, FakeTerminal>();
  private readonly streams = new Set<Duplex>();
  private readonly waiting = new Map<string, Duplex>();
  private control: Duplex | undefined;
  private readonly watchers = new Set<Duplex>();
  private readonly lookers = new Set<Duplex>();

  constructor(files: Map<string, string>) {
    this.files = files;
  }

  connect(): Duplex {
    const [ours, theirs] = duplexPair();
    this.streams.add(ours);
    ours.once('close', () => this.streams.delete(ours));
    ours.on('error', () => {});
    let request = '';
    const decoder = new FrameDecoder((kind, payload) => ours.emit('frame', kind, payload));
    ours.on('data', (chunk: Buffer) => {
      if (request.endsWith('\n')) return decoder.push(chunk);
      const end = chunk.indexOf('\n');
      request += chunk.subarray(0, end < 0 ? chunk.length : end + 1).toString('utf8');
      if (end < 0) return;
      this.serve(ours, JSON.parse(request) as StreamRequest);
      decoder.push(chunk.subarray(end + 1));
    });
    ours.once('end', () => ours.destroy());
    return theirs;
  }

  /** A program's connection to the proxy, once the server has come for it. Rejects where no server holds a control stream. */
  async dial(): Promise<Duplex> {
    if (!this.control || this.control.destroyed) throw new Error('the class registry cannot be reached');
    const ticket = randomBytes(16).toString('hex');
    const [ours, theirs] = duplexPair();
    this.waiting.set(ticket, ours);
    this.control.write(encodeControl({ type: 'dial', ticket }));
    return theirs;
  }

  /** Everything in the sandbox ends. */
  end(): void {
    for (const stream of this.streams) stream.destroy();
  }

  /** What runs in a toy shell has ended when the next line is read: it is never busy. */
  private close({ name, unless }: StreamRequest & { op: 'close' }): boolean {
    const terminal = this.terminals.get(name);
    if (terminal && !terminal.ended && unless === 'running') return false;
    this.terminals.delete(name);
    terminal?.hangUp();
    this.draw();
    return true;
  }

  private forward(stream: Duplex): void {
    this.control?.destroy();
    this.control = stream;
    stream.once('close', () => {
      if (this.control === stream) this.control = undefined;
    });
    stream.write(encodeControl({ ok: true }));
  }

  private accept(stream: Duplex, ticket: string): void {
    const program = this.waiting.get(ticket);
    this.waiting.delete(ticket);
    if (!program) return void stream.end(encodeControl({ ok: false, code: 'not-found', message: 'no such ticket' }));
    stream.write(encodeControl({ ok: true }));
    stream.on('frame', (kind: FrameKind, payload: Buffer) => {
      if (kind === FrameKind.Data) program.write(Buffer.from(payload));
      else program.end();
    });
    stream.once('close', () => program.destroy());
    program.on('error', () => {});
    program.on('data', (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += MAX_PAYLOAD_BYTES) {
        stream.write(encodeFrame(FrameKind.Data, bytes.subarray(at, at + MAX_PAYLOAD_BYTES)));
      }
    });
    program.once('end', () => stream.write(encodeControl({ type: 'eof' })));
  }

  /** Takes input up to its end, and tells how the command ended. */
  private run(stream: Duplex, command: (input: Buffer) => { status: number; printed: string }): void {
    stream.write(encodeControl({ ok: true }));
    const pieces: Buffer[] = [];
    stream.on('frame', (kind: FrameKind, payload: Buffer) => {
      if (kind === FrameKind.Data) return void pieces.push(Buffer.from(payload));
      const { status, printed } = command(Buffer.concat(pieces));
      if (printed !== '') stream.write(encodeFrame(FrameKind.Data, Buffer.from(printed)));
      stream.end(encodeControl({ type: 'ended', status, signal: null, timedOut: false, flooded: false }));
    });
  }

  /** Each archive is one toy file, named by what it holds. */
  private lay(archive: Buffer): { status: number; printed: string } {
    const name = archive.toString('utf8');
    if (name === BROKEN_ARCHIVE) return { status: UNPACKED.refused, printed: '' };
    const status = this.files.has(name) ? UNPACKED.leftSomeOut : UNPACKED.all;
    if (status === UNPACKED.all) this.files.set(name, 'laid\n');
    return { status, printed: '' };
  }

  private save(stream: Duplex, why: string): void {
    for (const [name, terminal] of this.terminals) {
      this.files.set(SAVED + name, `${terminal.text}\r\n— This shell ended when ${why}. A new one: —\r\n`);
    }
    stream.end(encodeControl({ ok: true, saved: this.terminals.size }));
  }

  private takeSaved(name: string): string {
    const saved = this.files.get(SAVED + name) ?? '';
    this.files.delete(SAVED + name);
    return saved;
  }

  private watch(stream: Duplex): void {
    this.watchers.add(stream);
    stream.once('close', () => this.watchers.delete(stream));
    stream.write(encodeControl({ ok: true }));
    for (const terminal of this.terminals.keys()) stream.write(encodeControl({ ...WAITS, terminal }));
  }

  private watched(event: object): void {
    for (const watcher of this.watchers) watcher.write(encodeControl(event));
    this.draw();
  }

  private look(stream: Duplex): void {
    this.lookers.add(stream);
    stream.once('close', () => this.lookers.delete(stream));
    stream.write(encodeControl({ ok: true }));
    stream.write(encodeControl(this.picture()));
  }

  private picture(): SandboxPicture {
    return pictureOf([...this.terminals.values()].filter(({ ended }) => !ended).length);
  }

  private draw(): void {
    for (const looker of this.lookers) looker.write(encodeControl(this.picture()));
  }

  private serve(stream: Duplex, request: StreamRequest): void {
    if (request.op === 'terminal') {
      const { name } = request;
      const known = this.terminals.get(name);
      if (!known && this.terminals.size >= MAX_TERMINALS) {
        return void stream.end(encodeControl({ ok: false, code: 'too-many-terminals', message: 'as many as can be' }));
      }
      stream.write(encodeControl({ ok: true }));
      const told = (event: object) => this.watched({ ...event, terminal: name });
      const terminal = known ?? new FakeTerminal(this.files, this.takeSaved(name), told);
      this.terminals.set(name, terminal);
      terminal.attach(stream, request);
      if (!known) this.draw();
      return;
    }
    if (request.op === 'forwards') return this.forward(stream);
    if (request.op === 'accept') return this.accept(stream, request.ticket);
    if (request.op === 'watch') return this.watch(stream);
    if (request.op === 'picture') return this.look(stream);
    if (request.op === 'exec') return this.run(stream, (input) => runScript(this.files, input.toString('utf8')));
    if (request.op === 'unpack') return this.run(stream, (input) => this.lay(input));
    if (request.op === 'save') return this.save(stream, request.why);
    if (request.op === 'close') {
      const closed = this.close(request);
      stream.end(encodeControl({ ok: true, closed }));
    } else if (request.op === 'status') stream.end(encodeControl({ ok: true, terminals: [] }));
    else if (request.op === 'kill-all') stream.end(encodeControl({ ok: true }));
    else stream.end(encodeControl({ ok: false, code: 'unsupported', message: `a fake sandbox has no ${request.op}` }));
  }
}

let shells = 0;

/** As many as a real one. */
const MAX_TERMINALS = 16;

class FakeTerminal {
  private readonly viewers = new Set<Duplex>();
  private readonly files: Map<string, string>;
  private readonly watched: (event: object) => void;
  private output = Buffer.alloc(0);
  private shell = `fake-${shells++}`;
  private exited = false;
  private program: FakeShell;
  private size = { columns: 80, rows: 24 };

  constructor(files: Map<string, string>, before: string, watched: (event: object) => void) {
    this.files = files;
    this.watched = watched;
    this.output = Buffer.from(before);
    this.program = this.newShell();
  }

  attach(stream: Duplex, request: StreamRequest & { op: 'terminal' }): void {
    this.size = { columns: request.columns, rows: request.rows };
    const known = request.shell === this.shell && request.from !== undefined && request.from <= this.output.length;
    const from = known ? request.from! : 0;
    this.viewers.add(stream);
    stream.once('close', () => this.viewers.delete(stream));
    stream.write(this.attached(from));
    if (from < this.output.length) stream.write(encodeFrame(FrameKind.Data, this.output.subarray(from)));
    stream.write(encodeControl(this.exited ? EXITED : WAITS));
    stream.on('frame', (kind: FrameKind, payload: Buffer) => this.received(kind, payload));
  }

  get text(): string {
    return this.output.toString('utf8');
  }

  get ended(): boolean {
    return this.exited;
  }

  hangUp(): void {
    if (this.exited) return;
    this.exited = true;
    this.tell({ type: 'exited', status: null, signal: 'hangup' });
  }

  private attached(from: number): Buffer {
    return encodeControl({
      type: 'attached',
      shell: this.shell,
      from,
      replayTo: this.output.length,
      cut: false,
      modes: '',
      ...this.size,
    });
  }

  private received(kind: FrameKind, payload: Buffer): void {
    if (kind === FrameKind.Data) return this.exited ? undefined : this.program.type(payload.toString('utf8'));
    const control = JSON.parse(payload.toString('utf8')) as { type: string; columns: number; rows: number };
    if (control.type === 'resize') {
      this.size = { columns: control.columns, rows: control.rows };
      this.tell({ type: 'size', ...this.size });
    }
    if (control.type === 'restart' && this.exited) {
      this.exited = false;
      this.output = Buffer.alloc(0);
      this.shell = `fake-${shells++}`;
      for (const viewer of this.viewers) viewer.write(this.attached(0));
      this.program = this.newShell();
    }
  }

  private newShell(): FakeShell {
    return new FakeShell(this.files, {
      print: (text) => this.print(Buffer.from(text)),
      ended: () => {
        const event = { type: 'command-ended', status: 0 };
        this.tell(event);
        this.watched(event);
        this.watched(WAITS);
      },
      exit: () => {
        this.exited = true;
        this.tell(EXITED);
      },
    });
  }

  private print(bytes: Buffer): void {
    this.output = Buffer.concat([this.output, bytes]);
    for (const viewer of this.viewers) viewer.write(encodeFrame(FrameKind.Data, bytes));
  }

  private tell(message: object): void {
    for (const viewer of this.viewers) viewer.write(encodeControl(message));
  }
}

/** An archive that no lesson has. */
export const BROKEN_ARCHIVE = 'broken';

/** Where what a terminal showed is kept. */
const SAVED = '/var/lib/slipway/terminals/';

const WAITS = { type: 'prompt', waiting: true, sure: true };
const EXITED = { type: 'exited', status: 0, signal: null };
