/** The part of an emulator that takes output: xterm's in the page, its headless sibling in tests. */
export interface Emulator {
  write(data: string | Uint8Array, parsed?: () => void): void;
}

/**
 * Tells whether the emulator is parsing a replay. Programs ask terminals questions (what are you, where is the cursor,
 * what colour is this); the answers are typed. In a replay they were answered long ago, and a second answer would land in
 * whatever reads the terminal now, the shell most likely.
 *
 * The emulator parses later than it is written to, so the gate moves with callbacks that it calls in between.
 */
export class ReplayGate {
  readonly #emulator: Emulator;
  #replayTo = 0;
  #closed = false;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /** While true, what the emulator wants to type by itself must not be sent. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Output from `from` follows; up to `replayTo` it is a replay. `prelude` is written first and belongs to the replay. */
  begin(from: number, replayTo: number, prelude: string): void {
    this.#replayTo = replayTo;
    this.#emulator.write('', () => (this.#closed = true));
    this.#emulator.write(prelude, () => (this.#closed = from < replayTo));
  }

  write(data: Uint8Array, position: number, parsed: () => void): void {
    const replayed = Math.min(Math.max(this.#replayTo - position, 0), data.length);
    if (replayed === 0) return this.#emulator.write(data, parsed);
    const ends = position + replayed === this.#replayTo;
    const live = data.subarray(replayed);
    this.#emulator.write(data.subarray(0, replayed), () => {
      if (ends) this.#closed = false;
      if (live.length === 0) parsed();
    });
    if (live.length > 0) this.#emulator.write(live, parsed);
  }
}
