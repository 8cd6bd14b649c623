/** Bytes from `init` → frames (frames.ts). Knows no stream. */
import { FRAME_HEADER_BYTES, FrameKind, MAX_PAYLOAD_BYTES } from './frames.ts';

export class FrameError extends Error {
  override name = 'FrameError';
}

/**
 * Bytes of `Data` and `ErrorData` frames are given on as they come, perhaps a frame in pieces: what they carry is a
 * stream. `Control` frames are given whole.
 */
export class FrameDecoder {
  private readonly onFrame: (kind: FrameKind, payload: Buffer) => void;
  private readonly header = Buffer.alloc(FRAME_HEADER_BYTES);
  private headerFilled = 0;
  /** Bytes of the current payload that are still to come. */
  private missing = 0;
  private control: Buffer[] = [];

  constructor(onFrame: (kind: FrameKind, payload: Buffer) => void) {
    this.onFrame = onFrame;
  }

  /** Throws `FrameError` where the other end breaks the protocol; the decoder is of no use then. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.headerFilled < FRAME_HEADER_BYTES) {
        const n = Math.min(FRAME_HEADER_BYTES - this.headerFilled, chunk.length - at);
        chunk.copy(this.header, this.headerFilled, at, at + n);
        this.headerFilled += n;
        at += n;
        if (this.headerFilled < FRAME_HEADER_BYTES) return;
        this.begin();
      }
      const piece = chunk.subarray(at, at + this.missing);
      at += piece.length;
      this.missing -= piece.length;
      this.take(piece);
    }
  }

  private begin(): void {
    const kind = this.header[0]!;
    this.missing = this.header.readUInt32BE(1);
    if (kind > FrameKind.ErrorData) throw new FrameError(`frame of unknown kind ${kind}`);
    if (this.missing > MAX_PAYLOAD_BYTES) throw new FrameError(`frame of ${this.missing} bytes`);
  }

  private take(piece: Buffer): void {
    const kind = this.header[0] as FrameKind;
    if (kind !== FrameKind.Control) {
      if (this.missing === 0) this.headerFilled = 0;
      if (piece.length > 0) this.onFrame(kind, piece);
      return;
    }
    this.control.push(piece);
    if (this.missing > 0) return;
    const whole = this.control.length === 1 ? piece : Buffer.concat(this.control);
    this.control = [];
    this.headerFilled = 0;
    this.onFrame(kind, whole);
  }
}

export function encodeFrame(kind: FrameKind, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  frame[0] = kind;
  frame.writeUInt32BE(payload.length, 1);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

export function encodeControl(message: object): Buffer {
  return encodeFrame(FrameKind.Control, Buffer.from(JSON.stringify(message)));
}
