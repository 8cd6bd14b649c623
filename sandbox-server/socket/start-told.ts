/** What one page is told while its sandbox starts, and of its session's time from then on. */
import type { ServerMessage, StartStage, Wait } from '../protocol/messages.ts';
import { toLearnerError } from '../session/learner-error.ts';
import type { SessionTime } from '../session/session-time.ts';

/** A start takes a second, and on a busy machine some; a learner must not look at one that hangs for longer without a word. */
const SLOW_MS = 4000;

/** What the host does; the queue and lessons have times of their own. */
const OF_HOST: readonly StartStage[] = ['disk', 'container', 'shell'];

export class StartTold {
  /** The page was hidden while it waits in the queue: it keeps its place. */
  hidden = false;
  private readonly tell: (message: ServerMessage) => void;
  private last: ServerMessage | undefined;
  private slow: NodeJS.Timeout | undefined;

  constructor(tell: StartTold['tell']) {
    this.tell = tell;
  }

  stage(stage: StartStage, wait: Wait | undefined): void {
    const last: ServerMessage = (this.last = { type: 'starting', stage, ...(wait && { wait }) });
    clearTimeout(this.slow);
    if (OF_HOST.includes(stage)) {
      this.slow = setTimeout(() => this.tell((this.last = { ...last, slow: true })), SLOW_MS);
    }
    this.tell(last);
  }

  /** Shown again: it asks whether anybody is there. */
  again(): void {
    if (this.hidden && this.last) this.tell(this.last);
    this.hidden = false;
  }

  clear(): void {
    this.hidden = false;
    this.last = undefined;
    clearTimeout(this.slow);
  }
}

/** Tells the time that is left now, and whenever it is another one until disposed. */
export function tellTime(time: SessionTime, tell: (message: ServerMessage) => void): Disposable {
  const now = () => {
    if (time.told) tell({ type: 'session-time', ...time.told });
  };
  now();
  return time.follow(now);
}

/** What fails for the lesson's author's fault is told, and the learner goes on without it. */
export async function orTell(
  preparation: Promise<void>,
  page: { tell(message: ServerMessage): void; reference: string | undefined },
): Promise<void> {
  try {
    await preparation;
  } catch (error) {
    const { code } = toLearnerError(error);
    if (code !== 'lesson-broken') throw error;
    const { reference } = page;
    page.tell({ type: 'notice', code, ...(reference !== undefined && { reference }) });
  }
}
