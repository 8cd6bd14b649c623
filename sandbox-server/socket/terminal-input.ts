/** What a page sends to its terminal: bytes and sizes, bounded in what waits where the program takes no input. */
import type { TerminalSize } from '../protocol/messages.ts';
import type { InitStream } from '../sandbox/init/stream.ts';

/** What waits for the sandbox, in bytes, before it counts as stuck: a large paste fits. */
const MAX_PENDING_BYTES = 2 * 1024 * 1024;

/** Each piece costs some hundred bytes, however small it is. */
const MAX_UNTAKEN_PIECES = 8_000;

export class TerminalInput {
  /** As the page said last. */
  size: TerminalSize = { columns: 80, rows: 24 };
  private stream: InitStream | undefined;
  /** Pieces of input since the sandbox had taken all. */
  private untaken = 0;
  private resizing = false;

  /** Where it goes from now on; undefined: nowhere. */
  to(stream: InitStream | undefined): void {
    this.stream = stream;
    this.resizing = false;
  }

  /** Sends bytes on. False: so much waits already that the sandbox counts as stuck; they are not sent. */
  type(data: Buffer): boolean {
    const { stream } = this;
    if (!stream) return true; // what is typed into nothing is lost; the page says so
    // The socket is read on even where the program takes no input: acknowledgements come by it too, and without them the
    // program could be held for ever.
    this.untaken = stream.pending === 0 ? 1 : this.untaken + 1;
    if (stream.pending + data.length > MAX_PENDING_BYTES || this.untaken > MAX_UNTAKEN_PIECES) return false;
    stream.send(data);
    return true;
  }

  /** Tells the size; only the newest counts where the program takes no input for now. */
  resize(size: TerminalSize): void {
    this.size = size;
    const { stream } = this;
    if (!stream || this.resizing) return;
    if (stream.pending === 0) return stream.control({ type: 'resize', ...size });
    this.resizing = true;
    stream.drained(() => {
      if (this.stream !== stream) return;
      this.resizing = false;
      this.resize(this.size);
    });
  }

  /** Asks for a new shell. */
  restart(): void {
    const { stream } = this;
    if (stream && stream.pending < MAX_PENDING_BYTES) stream.control({ type: 'restart' });
  }
}
