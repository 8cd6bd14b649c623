/**
 * The stream protocol of `init`, process 1 of every sandbox. The other end is native/pid1/; both are tested against the
 * same fixtures.
 *
 * One connection is one stream. It opens with one line of JSON (`StreamRequest`) from the server, at most 16 KiB; then
 * both sides send frames: 1 byte kind, 4 bytes payload length (big endian), payload (at most 64 KiB). The first frame
 * from `init` is a `Control` frame holding a `StreamAnswer`. What comes from a sandbox is untrusted: a frame that
 * breaks these rules ends the stream.
 */
import type { TerminalSize } from '../../protocol/messages.ts';

/** Changes when this protocol does: `init` tells its own in the answer to `status` (protocolVersion in native/pid1). */
export const INIT_PROTOCOL = 5;

export const MAX_PAYLOAD_BYTES = 64 * 1024;
export const FRAME_HEADER_BYTES = 5;

export const FrameKind = {
  /** Bytes: what is typed or printed; standard input or output of a command; a file's content. */
  Data: 0,
  /** JSON. */
  Control: 1,
  /** Bytes of a command's standard error. */
  ErrorData: 2,
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** Each may have a field `request` besides, the id of a browser's request, which `init` tells its problems by. */
export type StreamRequest =
  /** Attach to the terminal of this name; its shell starts where none runs. Ends with the connection, the shell does not. */
  | ({ op: 'terminal'; name: string; from?: number; shell?: string } & TerminalSize)
  /**
   * End the terminal of this name and forget it; the answer says whether it is `closed`. It is left alone `unless` its
   * shell has ended (`running`), or nothing but its shell is in the foreground (`busy`).
   */
  | { op: 'close'; name: string; unless?: 'running' | 'busy' }
  | ExecRequest
  /** The learner's home directory as a tar stream in Data frames; then `ended`. */
  | { op: 'archive' }
  /**
   * Lay the tar stream that follows in Data frames, up to `eof`, into the learner's home: as the learner, never over what
   * exists, never through a link. Then `ended` (UNPACKED says how).
   */
  | { op: 'unpack' }
  /**
   * Write the newest output of each terminal onto the sandbox's disk: the next terminal of its name begins with it, and
   * with a line that says when its shell ended. `why` goes on from "This shell ended when": at most 200 bytes, printable.
   */
  | { op: 'save'; why: string }
  /** Ends every process in the sandbox but init. */
  | { op: 'kill-all' }
  /**
   * Hear of connections that programs of the sandbox make to its proxy. Profile `containers` only; the newest such
   * stream hears of all, the one before ends.
   */
  | { op: 'forwards' }
  /** Carry the connection of this ticket: its bytes in Data frames both ways. A ticket is good once. */
  | { op: 'accept'; ticket: string }
  /** Hear of the prompts and ended commands of all terminals, in order. At most 8 such streams at once. */
  | { op: 'watch' }
  /**
   * See the sandbox as it is: a `SandboxPicture` (protocol/figure.ts) at once, and each that is another. At most 4 such
   * streams at once; while there is none, nothing is read.
   */
  | { op: 'picture' }
  | { op: 'status' };

/**
 * Run a command to its end, in a clean environment and a session of its own. Closing the connection kills its process
 * group, and so does its end; what has left the group goes on.
 */
export interface ExecRequest {
  op: 'exec';
  argv: string[];
  /** As the learner unless `root`. */
  root?: boolean;
  /** `~` is the learner's home, also for root. Default: the user's own home. */
  cwd?: string;
  env?: Record<string, string>;
  /** It is killed after this time. */
  timeoutMs?: number;
  /** It is killed when one of its two outputs is larger than this; what is beyond is not sent. */
  maxOutputBytes?: number;
  /** What it leaves behind in its process group goes on when it has ended; what that prints is dropped. */
  daemons?: boolean;
}

/** The exit status that ends an `unpack`. */
export const UNPACKED = {
  all: 0,
  /** Something was left out: of its name there was something already. */
  leftSomeOut: 1,
  /** The archive holds a name that leads out of the home, a kind of file that no lesson has, or too much. */
  refused: 2,
  /** The disk is full, or a folder is closed to the learner. */
  notWritten: 3,
} as const;

export type StreamAnswer = { ok: true; [key: string]: unknown } | { ok: false; code: string; message: string };

/** Control frames from the server on a terminal's stream. */
export type TerminalControl =
  | ({ type: 'resize' } & TerminalSize)
  /** A new shell after `exited`. */
  | { type: 'restart' };

/*
 * Control frames from `init` on a terminal's stream have the shapes of `attached`, `size`, `prompt`, `command-ended`,
 * `notice` and `exited` in protocol/messages.ts; `attached` follows the answer at once.
 * On an exec stream: `{type: 'eof'}` from the server ends standard input; the last frame from init is
 * `{type: 'ended', status, signal, timedOut, flooded}`, and so on an archive or unpack stream.
 * On a stream of forwards `init` sends `{type: 'dial', ticket}`, 32 hexadecimal digits, for each connection, and waits
 * 10 s for its `accept`. On an accept stream `{type: 'eof'}` ends one direction; the other goes on.
 * On a watch stream `init` sends the `prompt` and `command-ended` of each terminal with its name as `terminal`: first how
 * each prompt stands, then what happens; besides, `{type: 'problem', op, code, request?}` for what it refused, of which it
 * keeps 16 while nobody watches. It keeps 256 for a watcher that is slow, and of prompts the newest.
 * On a picture stream each Control frame is a picture. Who is slow gets the newest.
 */
