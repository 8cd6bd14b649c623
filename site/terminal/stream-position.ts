import type { AttachedMessage } from '../../sandbox-server/protocol/messages.ts';

/** How far a viewer has come in the output of which shell. Keeps each byte from being shown twice. */
export class StreamPosition {
  #shell: string | undefined;
  #received = 0;
  #parsed = 0;
  /** Bytes that follow but were had already: those that crossed our `show`. */
  #surplus = 0;

  get received(): number {
    return this.#received;
  }

  /** Everything that came has been parsed. */
  get settled(): boolean {
    return this.#parsed >= this.#received;
  }

  /** What `open` says of it. */
  get known(): { from: number; shell: string } | Record<string, never> {
    return this.#shell === undefined ? {} : { from: this.#received, shell: this.#shell };
  }

  /** `fresh`: what was shown before is not continued. */
  attach({ shell, from, cut }: AttachedMessage): { fresh: boolean; sameShell: boolean } {
    const sameShell = shell === this.#shell;
    const goesOn = sameShell && !cut && from <= this.#received;
    const fresh = !goesOn && (cut || this.#shell !== undefined);
    this.#surplus = goesOn ? this.#received - from : 0;
    if (!goesOn) this.#received = this.#parsed = from;
    this.#shell = shell;
    return { fresh, sameShell };
  }

  /** The socket is gone: what it had under way does not come any more. */
  detach(): void {
    this.#surplus = 0;
  }

  /** Takes output in; `settle` says that it was parsed, and returns false where it belongs to a shell of the past. */
  take(data: Uint8Array): { news: Uint8Array; from: number; to: number; settle: () => boolean } {
    const had = Math.min(this.#surplus, data.length);
    this.#surplus -= had;
    const news = data.subarray(had);
    const from = this.#received;
    const to = (this.#received += news.length);
    const shell = this.#shell;
    const settle = () => {
      if (shell !== this.#shell) return false;
      this.#parsed = Math.max(this.#parsed, to);
      return true;
    };
    return { news, from, to, settle };
  }
}
