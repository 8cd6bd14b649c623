/** When something may have become true in a sandbox, told by what its terminals do. */
import { MAX_SANDBOX_TERMINALS } from '../protocol/limits.ts';
import type { WatchEvent } from '../sandbox/init/watch.ts';

export class Moments {
  /** Terminals whose command ended, and in which none has begun since: the prompt that follows tells nothing new. */
  private readonly ended = new Set<string>();

  /**
   * Whether now is such a moment: a command ended, or there is a prompt and nothing told that a command ended. Such a one
   * is that of a shell which was started as a command (by `sudo unshare … bash`), or that of a program without marks.
   */
  isOne(event: WatchEvent): boolean {
    const { terminal } = event;
    if (event.type === 'command-ended') {
      // More than there can be is no sandbox of ours.
      if (this.ended.size >= MAX_SANDBOX_TERMINALS) this.ended.clear();
      this.ended.add(terminal);
      return true;
    }
    if (event.waiting) return !this.ended.has(terminal);
    this.ended.delete(terminal);
    return false;
  }
}
