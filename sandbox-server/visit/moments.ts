/** When something may have become true in a sandbox, told by what its terminals do. */
import { MAX_SANDBOX_TERMINALS } from '../protocol/limits.ts';
import type { WatchEvent } from '../sandbox/init/watch.ts';

/** A command that has not ended by then goes on: a server, an editor. By then what it is for is mostly there. */
const GOES_ON_MS = 1000;

export class Moments implements Disposable {
  private readonly onMoment: () => void;
  /** Terminals whose command ended, and in which none has begun since: the prompt that follows tells nothing new. */
  private readonly ended = new Set<string>();
  /** Of terminals in which a command runs, until it is known to go on. */
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(onMoment: () => void) {
    this.onMoment = onMoment;
  }

  /**
   * Such a moment is when a command ended; when one goes on; and when there is a prompt though nothing told that a command
   * ended: that of a shell which was started as a command (by `sudo unshare … bash`), or of a program without marks.
   */
  hear(event: WatchEvent): void {
    const { terminal } = event;
    clearTimeout(this.timers.get(terminal));
    this.timers.delete(terminal);
    // More than there can be is no sandbox of ours.
    if (this.ended.size + this.timers.size >= 2 * MAX_SANDBOX_TERMINALS) this.forget();
    if (event.type === 'command-ended') {
      this.ended.add(terminal);
      this.onMoment();
    } else if (!event.waiting) {
      this.ended.delete(terminal);
      this.timers.set(terminal, setTimeout(this.onMoment, GOES_ON_MS));
    } else if (!this.ended.has(terminal)) {
      this.onMoment();
    }
  }

  [Symbol.dispose](): void {
    this.forget();
  }

  private forget(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.ended.clear();
  }
}
