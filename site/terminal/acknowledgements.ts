import { PARSED_STEP_BYTES } from '../../sandbox-server/protocol/limits.ts';
import type { Clock } from './clock.ts';

/** What is parsed but less than a step is told after this time, so that a quiet terminal is known to be up to date. */
const TRAILING_MS = 200;

/** Tells the server how far the emulator has parsed: often enough to keep the stream moving, not with every byte. */
export class Acknowledgements {
  readonly #send: (position: number) => void;
  readonly #clock: Clock;
  #told = 0;
  #parsed = 0;
  #timer: number | undefined;

  constructor(send: (position: number) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** A stream starts at this position: all before it needs no acknowledgement. */
  reset(position: number): void {
    this.#clear();
    this.#told = position;
    this.#parsed = position;
  }

  parsed(position: number): void {
    if (position <= this.#parsed) return;
    this.#parsed = position;
    if (position - this.#told >= PARSED_STEP_BYTES) this.#tell();
    else this.#timer ??= this.#clock.setTimeout(() => this.#tell(), TRAILING_MS);
  }

  #tell(): void {
    this.#clear();
    if (this.#parsed === this.#told) return;
    this.#told = this.#parsed;
    this.#send(this.#told);
  }

  #clear(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
