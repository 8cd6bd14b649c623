/**
 * The checks of one sandbox that runs: which one next, never two of a task at once, how often. Knows no sandbox: what
 * runs a check is given.
 */

/** Who wants a task checked, and why. */
export interface CheckRequest {
  /** Whether the learner asked; otherwise something that they did is the reason. */
  asked: boolean;
  /** What they typed into an ask. */
  answer?: string;
}

export interface CheckQueueOptions<Outcome> {
  /** Runs the check of a task to its end. Aborted where the sandbox ends. Never rejects. */
  run(task: string, request: CheckRequest, signal: AbortSignal): Promise<Outcome>;
  /** The check has ended: the task may be checked again. Not called for what was aborted. */
  onEnd(task: string, request: CheckRequest, outcome: Outcome): void;
  now: () => number;
}

/**
 * How many run at once: one that hangs does not hold up all others, and what the learner does keeps most of their
 * sandbox's processor time.
 */
const MAX_AT_ONCE = 2;

/**
 * A task is checked so often in a row, as for a learner who pastes a handful of commands, and then once in so many
 * milliseconds: who prints marks in a loop costs the server one check a second and task.
 */
const BURST = 10;
const EVERY_MS = 1000;

interface Entry {
  state: 'idle' | 'resting' | 'waiting' | 'running';
  /** What it is next checked for. */
  next: CheckRequest | undefined;
  /** Whether the check that runs was asked for. */
  asked: boolean;
  /** How often it may run at once, and when that was last counted. */
  left: number;
  countedAt: number;
  timer: NodeJS.Timeout | undefined;
}

export class CheckQueue<Outcome> implements Disposable {
  private readonly options: CheckQueueOptions<Outcome>;
  private readonly ending = new AbortController();
  private readonly entries = new Map<string, Entry>();
  /** Tasks in state `waiting`, in order. */
  private line: string[] = [];
  private running = 0;

  constructor(options: CheckQueueOptions<Outcome>) {
    this.options = options;
  }

  /** Has the task checked as soon as may be. Where a check of it runs, it runs once more afterwards. */
  add(task: string, request: CheckRequest): void {
    if (this.ending.signal.aborted) return;
    const entry = this.entryOf(task);
    // What a learner asked is not forgotten over a command that ended meanwhile.
    if (request.asked || !entry.next?.asked) entry.next = request;
    if (entry.state === 'idle') this.admit(task, entry);
    else if (entry.state === 'waiting' && request.asked)
      this.line = [task, ...this.line.filter((each) => each !== task)];
    this.fill();
  }

  /** Whether a check that the learner asked for is under way. */
  isAsked(task: string): boolean {
    const entry = this.entries.get(task);
    return entry !== undefined && (entry.next?.asked === true || (entry.state === 'running' && entry.asked));
  }

  /** Ends all checks that run; their `run` hears it by the signal. */
  [Symbol.dispose](): void {
    this.ending.abort(new Error('the checks of this sandbox have ended'));
    for (const { timer } of this.entries.values()) clearTimeout(timer);
    this.line = [];
  }

  /** Puts the task in line, at once or when it may be checked again. */
  private admit(task: string, entry: Entry): void {
    const now = this.options.now();
    const earned = Math.floor((now - entry.countedAt) / EVERY_MS);
    entry.left = Math.min(BURST, entry.left + earned);
    entry.countedAt = entry.left === BURST ? now : entry.countedAt + earned * EVERY_MS;
    if (entry.left === 0) {
      entry.state = 'resting';
      entry.timer = setTimeout(
        () => {
          this.admit(task, entry);
          this.fill();
        },
        entry.countedAt + EVERY_MS - now,
      );
      return;
    }
    entry.state = 'waiting';
    if (entry.next!.asked) this.line.unshift(task);
    else this.line.push(task);
  }

  private fill(): void {
    while (this.running < MAX_AT_ONCE) {
      const task = this.line.shift();
      if (task === undefined) return;
      void this.run(task, this.entryOf(task));
    }
  }

  private async run(task: string, entry: Entry): Promise<void> {
    const request = entry.next!;
    entry.state = 'running';
    entry.asked = request.asked;
    entry.next = undefined;
    entry.left--;
    this.running++;
    const outcome = await this.options.run(task, request, this.ending.signal);
    this.running--;
    entry.state = 'idle';
    if (this.ending.signal.aborted) return;
    if (entry.next) this.admit(task, entry);
    this.options.onEnd(task, request, outcome);
    this.fill();
  }

  private entryOf(task: string): Entry {
    const known = this.entries.get(task);
    if (known) return known;
    const entry: Entry = {
      state: 'idle',
      next: undefined,
      asked: false,
      left: BURST,
      countedAt: this.options.now(),
      timer: undefined,
    };
    this.entries.set(task, entry);
    return entry;
  }
}
