/** Prepares learners' sandboxes for the lessons that they open: each once for a version of the lesson, one at a time. */
import type { Duplex } from 'node:stream';
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import { LearnerError } from '../session/learner-error.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { PreparedLessons } from '../store/prepared-lessons.ts';
import { LessonFault, toFault } from './fault.ts';
import { beginnings, needsPreparation, prepareLesson } from './prepare.ts';
import { performSteps } from './steps.ts';

export interface PreparerOptions {
  prepared: PreparedLessons;
  /** Holds the archives of lessons' files. */
  filesFolder: string;
  now: () => number;
  /** A sandbox was prepared for a lesson, in so many seconds. */
  onPrepared?: (seconds: number) => void;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

/** What failed for an author's fault is not done again for this long, in milliseconds: each page that opens would wait. */
const FAULT_KEPT_MS = 60_000;

interface Failure {
  work: string;
  fault: LessonFault;
  at: number;
}

export class LessonPreparer implements AsyncDisposable {
  private readonly options: PreparerOptions;
  private readonly ending = new AbortController();
  /** What is under way or waits for its turn, by the sandbox's id: what comes next comes after it. */
  private readonly last = new Map<string, Promise<void>>();
  /** Who asks for what is under way gets the same. */
  private readonly working = new Map<string, Promise<void>>();
  private readonly failures = new WeakMap<SandboxSession, Failure>();

  constructor(options: PreparerOptions) {
    this.options = options;
  }

  /**
   * Resolves when the sandbox, which runs, is prepared for the lesson; at once where it was before, or nothing is to be
   * done. `onWork` is called where something is. Rejects with a `LessonFault` where a step of the author's fails: the
   * learner can go on, and it is tried again later.
   */
  async prepare(session: SandboxSession, lesson: LessonEntry, onWork: () => void = () => {}): Promise<void> {
    const { prepared, filesFolder, log, now } = this.options;
    const { id } = session;
    if (!needsPreparation(lesson) || prepared.has(id, lesson)) return;
    const work = `${id}/${lesson.slug}/${lesson.version}`;
    const failure = this.failures.get(session);
    if (failure?.work === work && now() - failure.at < FAULT_KEPT_MS) throw failure.fault;
    onWork();
    let done = this.working.get(work);
    if (!done) {
      done = this.inTurn(session, async (signal) => {
        const began = now();
        await prepareLesson(connectTo(session), lesson, filesFolder, signal);
        prepared.add(id, lesson);
        this.options.onPrepared?.((now() - began) / 1000);
        log.info({ sandbox: id, lesson: lesson.id, ms: now() - began }, 'prepared for a lesson');
      }).finally(() => this.working.delete(work));
      this.working.set(work, done);
    }
    await done.catch((error: unknown) => {
      if (error instanceof LessonFault) this.failures.set(session, { work, fault: error, at: now() });
      throw error;
    });
  }

  /** Does what these tasks begin with. Rejects as `prepare` does. */
  async begin(session: SandboxSession, tasks: readonly TaskEntry[]): Promise<void> {
    const steps = beginnings(tasks);
    if (steps.length === 0) return;
    await this.inTurn(session, (signal) => performSteps(connectTo(session), steps, { signal }));
  }

  /** Ends what is under way; it is done again at the next visit. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.ending.abort(new LearnerError('server-stopping'));
    await Promise.allSettled(this.last.values());
  }

  private inTurn(session: SandboxSession, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { id } = session;
    const before = this.last.get(id) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(() => this.perform(session, work));
    this.last.set(id, mine);
    const forget = () => {
      if (this.last.get(id) === mine) this.last.delete(id);
    };
    mine.then(forget, forget);
    return mine;
  }

  private async perform(session: SandboxSession, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.ending;
    signal.throwIfAborted();
    using _view = session.view(); // it is not put to rest meanwhile
    try {
      await work(signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const told = toFault(error);
      const why = told instanceof LessonFault ? { fault: told.step } : { err: error };
      this.options.log.warn({ sandbox: session.id, ...why }, 'a step that prepares a lesson failed');
      throw told;
    }
  }
}

/** To the sandbox that it is now, and to none that takes its place. */
function connectTo(session: SandboxSession): () => Promise<Duplex> {
  const { id } = session;
  return async () => {
    if (session.id !== id) throw new LearnerError('sandbox-stopped');
    return session.connect();
  };
}
