/** Those who wait for a sandbox's start, and what they were told of it last. */
import type { StartStage, Wait } from '../protocol/messages.ts';

/** `wait`: with stage `queue`, what it waits for, once that is known. */
export type OnStage = (stage: StartStage, wait?: Wait) => void;

export class StartWatchers {
  private readonly watching = new Set<OnStage>();
  private readonly onPassed: (stage: StartStage, seconds: number) => void;
  private last: { stage: StartStage; wait?: Wait } | undefined;
  private began = 0;

  /** `onPassed`: a stage is over, after so many seconds. */
  constructor(onPassed: StartWatchers['onPassed']) {
    this.onPassed = onPassed;
  }

  /** Undefined where nothing is under way. */
  get stage(): StartStage | undefined {
    return this.last?.stage;
  }

  get any(): boolean {
    return this.watching.size > 0;
  }

  /** Tells what was told last, and all that follows until disposed. */
  add(onStage: OnStage): Disposable {
    if (this.last) onStage(this.last.stage, this.last.wait);
    this.watching.add(onStage);
    return { [Symbol.dispose]: () => void this.watching.delete(onStage) };
  }

  tell(stage: StartStage, wait?: Wait): void {
    if (stage !== this.stage) {
      this.pass();
      this.began = performance.now();
    }
    this.last = { stage, ...(wait && { wait }) };
    for (const onStage of this.watching) onStage(stage, wait);
  }

  /** The start is over, whatever came of it. */
  clear(): void {
    this.pass();
    this.last = undefined;
  }

  private pass(): void {
    if (this.stage !== undefined) this.onPassed(this.stage, (performance.now() - this.began) / 1000);
  }
}
