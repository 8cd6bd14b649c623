/**
 * What a page and the gateway say to each other over a terminal's WebSocket.
 *
 * One WebSocket is one viewer of one terminal. Binary frames are bytes: from the page what was typed, to the page what
 * the terminal printed, in order and without headers. Text frames are the JSON messages below. Both ends import this file.
 *
 * Positions count every byte that a terminal printed since its shell started; byte 0 is the first. A viewer that comes
 * back says from which position it wants to go on, and gets exactly the bytes from there. The first shell after a stop
 * begins with what the one before showed, which counts as printed by it.
 *
 * `?lesson=SLUG` in the address: the sandbox is prepared for that lesson before the terminal is attached.
 */

/** The stages of a sandbox's start, in order. A stage that is not needed is not announced. */
export const START_STAGES = ['queue', 'disk', 'container', 'shell', 'lesson'] as const;
export type StartStage = (typeof START_STAGES)[number];

/** What a start waits for. */
export type Wait =
  /**
   * In the queue, for one of the places, memory of the server's machine, or space on its disk. `place` counts from 1.
   * `aboutMinutes`: 0 is less than one; null: too little is known.
   */
  | { why: 'places' | 'memory' | 'disk'; place: number; aboutMinutes: number | null }
  /** As many run as the learner may have, or all who come from the same address. */
  | { why: 'yours' | 'address'; running: number }
  /** It was too often in a short time. In so many milliseconds it goes on. */
  | { why: 'rate'; inMs: number };

/** How large a terminal is, in character cells. Both at least 2 and at most 1000. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/** From the page to the gateway. The first message on a socket is `open`. */
export type ClientMessage =
  /**
   * Attach to the terminal; starts the sandbox where it does not run. `from` is the position that the viewer has up to
   * (absent: it has nothing, send all that is still held), `shell` the identity that `attached` told with it: another
   * shell in the meantime means another count, so `from` is then ignored.
   */
  | ({ type: 'open'; from?: number; shell?: string; visible: boolean } & TerminalSize)
  /** All bytes below this position were parsed by the terminal emulator: the gateway may send as many more. */
  | { type: 'parsed'; position: number }
  | ({ type: 'resize' } & TerminalSize)
  /**
   * A hidden page is detached (it would hold the program back); it gets `detached` and nothing more. When it is visible
   * again it goes on from `from`. One that waits in the queue goes on waiting, and is detached when it is let in.
   */
  | { type: 'hide' }
  | { type: 'show'; from: number }
  /** Start a new shell after `exited`. */
  | { type: 'restart' };

/** From the gateway to the page. */
export type ServerMessage =
  /** `wait`: with stage `queue`; told again when it changes. `slow`: told again, of a start that takes unusually long. */
  | { type: 'starting'; stage: StartStage; wait?: Wait; slow?: true }
  /** Once to one page, before `attached`: what became of the sandbox while its learner was away. */
  | { type: 'returned'; from: 'throttled' | 'frozen' | 'stopped' }
  | AttachedMessage
  /**
   * After each `attached`, and when it changes, where the session has an end: when that is, in milliseconds from now, and
   * to how many from now it can be put off; 0: not at all.
   */
  | { type: 'session-time'; leftMs: number; extendMs: number }
  /** The size that all viewers share (the smallest of those that are visible) has changed. */
  | ({ type: 'size' } & TerminalSize)
  /**
   * Whether the terminal's shell waits at its prompt. Told after each `attached` and when it changes. `sure` is false
   * where no marks tell it.
   */
  | { type: 'prompt'; waiting: boolean; sure: boolean }
  /** A command of the learner's ended. `status` is null where the shell's marks do not tell it. */
  | { type: 'command-ended'; status: number | null }
  /** Something the learner should know while the terminal goes on. */
  | { type: 'notice'; code: 'out-of-memory' | 'disk-full' | 'too-many-processes' | 'lesson-broken'; reference?: string }
  /** No bytes follow until the page says `show`: it was hidden, or took nothing for too long. */
  | { type: 'detached'; reason: 'hidden' | 'lagging' }
  /** The shell ended. `status` is its exit status, null when a signal ended it. */
  | { type: 'exited'; status: number | null; signal: string | null }
  | ClosingMessage;

/**
 * Before the server closes, whichever socket. `reference`: for a fault of its own (`isServersOwn`), the id of what its logs
 * have of it. `said`: words of whoever runs the server, who stopped the sandbox.
 */
export interface ClosingMessage {
  type: 'closing';
  reference?: string;
  said?: string;
}

export interface AttachedMessage extends TerminalSize {
  type: 'attached';
  /** Identity of this run of the shell. */
  shell: string;
  /** Position of the first byte that follows. */
  from: number;
  /** Position up to which the bytes are a replay of what was printed before: the emulator must answer no queries in it. */
  replayTo: number;
  /**
   * Bytes between the `from` that was asked for and this `from` are no longer held. The viewer resets its emulator,
   * says that older output was cut, and writes `modes` first (escape sequences that set the modes in force; not counted).
   */
  cut: boolean;
  modes: string;
}
