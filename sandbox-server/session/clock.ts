/**
 * The time of day, watched for jumps. A host's clock is set by hand, by the network, or wakes up wrong with the machine;
 * what is counted by it must not be over in a moment, nor last for years.
 */

/** Told of how far the clock jumped, in milliseconds; back is negative. */
export type OnJump = (ms: number) => void;

/** Less than this, in milliseconds, is how clocks are set right while they run. */
const JUMP_MS = 60_000;

export class Clock {
  private readonly wall: () => number;
  private readonly running: () => number;
  private last: { wall: number; steady: number };
  private readonly listeners = new Set<OnJump>();

  /** `wall`: milliseconds since 1970, as the host has it. `steady`: milliseconds that nothing but time moves. */
  constructor(wall: () => number = () => Date.now(), steady: () => number = () => performance.now()) {
    this.wall = wall;
    this.running = steady;
    this.last = { wall: wall(), steady: steady() };
  }

  /** Milliseconds since 1970. Where it has jumped since it was last asked, listeners are told before this returns. */
  now(): number {
    const before = this.last;
    const { wall, steady } = (this.last = { wall: this.wall(), steady: this.running() });
    const jump = wall - before.wall - (steady - before.steady);
    if (Math.abs(jump) > JUMP_MS) for (const listener of this.listeners) listener(jump);
    return wall;
  }

  /** For how long something takes: the host's clock does not move it. */
  steady(): number {
    return this.running();
  }

  onJump(listener: OnJump): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }
}
