/** How soon one viewer's terminal answers what is typed: measured key by key, never what the keys are. */

/** Longer input is a paste, which a program may take its time for; a key is at most so many bytes, an arrow's too. */
const KEY_BYTES = 8;

/** What comes later in milliseconds is no echo: the program shows nothing, as where a password is asked for. */
const LATEST_MS = 5000;

export class EchoMeter {
  private readonly observe: (seconds: number) => void;
  private typedAt: number | undefined;

  constructor(observe: (seconds: number) => void) {
    this.observe = observe;
  }

  typed(bytes: number): void {
    // The first of several that wait for an answer counts.
    if (bytes <= KEY_BYTES) this.typedAt ??= performance.now();
  }

  printed(): void {
    if (this.typedAt === undefined) return;
    const ms = performance.now() - this.typedAt;
    this.typedAt = undefined;
    if (ms <= LATEST_MS) this.observe(ms / 1000);
  }

  /** Nothing follows from what was typed before. */
  forget(): void {
    this.typedAt = undefined;
  }
}
