/** When which tasks of a learner's lessons are checked, and what each check said last. */
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import { CheckQueue, type CheckRequest } from '../checks/check-queue.ts';
import { runCheck, type Verdict } from '../checks/run-check.ts';
import type { CheckReport } from '../protocol/lesson.ts';
import { Watch } from '../sandbox/init/watch.ts';
import { toLearnerError } from '../session/learner-error.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { VisitsOptions } from './context.ts';
import { Moments } from './moments.ts';
import { stateOf } from './task-states.ts';

export interface TaskChecksOptions extends Pick<VisitsOptions, 'connect' | 'now' | 'onCheck' | 'log'> {
  /** The lessons that are shown. */
  shown(): LessonEntry[];
  /** Undefined: there is no such lesson any more. */
  lesson(slug: string): LessonEntry | undefined;
  /** Ids of the tasks of a lesson that are done. */
  done(slug: string): ReadonlySet<string>;
  /** Ids of those whose solutions this sandbox was made with. */
  given(session: SandboxSession, lesson: LessonEntry): ReadonlySet<string>;
  /** Whether a task is checked in this sandbox. */
  watched(session: SandboxSession, lesson: LessonEntry, task: TaskEntry): boolean;
  /** Resolves to whether the lesson is prepared there. */
  prepared(session: SandboxSession, lesson: LessonEntry): Promise<boolean>;
  /** Has the task begin there, where it has not. */
  begin(session: SandboxSession, lesson: LessonEntry, task: TaskEntry): Promise<void>;
  /** What is known of a task has changed. */
  onChange(lesson: string, task: string): void;
  /** Its check passed, in this sandbox. Throws where that cannot be kept. */
  onPassed(session: SandboxSession, lesson: LessonEntry, task: TaskEntry): void;
}

/** What a check came to; null where nothing is to be told of it. */
type Outcome = Verdict | null;

/** What is held while the sandbox runs. */
interface Running extends Disposable {
  session: SandboxSession;
  queue: CheckQueue<Outcome>;
}

export class TaskChecks implements Disposable {
  private readonly options: TaskChecksOptions;
  private readonly reports = new Map<string, CheckReport>();
  private running: Running | undefined;
  /** Whether the watched tasks are about to be checked. */
  private considering = false;

  constructor(options: TaskChecksOptions) {
    this.options = options;
  }

  /** The sandbox runs. */
  enter(session: SandboxSession): void {
    this.running?.[Symbol.dispose]();
    const { connect, log } = this.options;
    const queue = new CheckQueue<Outcome>({
      now: () => performance.now(),
      run: (id, request, signal) => this.run(session, id, request, signal),
      onEnd: (id, request, outcome) => this.ended(session, id, request, outcome),
    });
    const moments = new Moments(() => this.consider());
    const watch = new Watch({
      connect: () => connect(session.id),
      onOpen: () => this.consider(),
      onEvent: (event) => moments.hear(event),
      sandbox: session.id,
      log,
    });
    const dispose = () => {
      watch[Symbol.dispose]();
      moments[Symbol.dispose]();
      queue[Symbol.dispose]();
    };
    this.running = { session, queue, [Symbol.dispose]: dispose };
  }

  /** It does not any more: what was asked and has no verdict gets none. */
  leave(session: SandboxSession): void {
    const { running } = this;
    if (running?.session !== session) return;
    const asked = this.options
      .shown()
      .flatMap(({ slug, tasks }) => tasks.map(({ id }) => idOf(slug, id)))
      .filter((id) => running.queue.isAsked(id));
    this[Symbol.dispose]();
    for (const id of asked) this.report(id, { outcome: 'not-run', code: 'sandbox-stopped' }, { asked: true });
  }

  /** Has all watched tasks of the lessons that are shown checked, in the order of the text. */
  consider(): void {
    if (this.considering || !this.running) return;
    this.considering = true;
    // Once for all events that came at once: a program can print marks without end.
    setImmediate(() => {
      this.considering = false;
      try {
        for (const lesson of this.options.shown()) this.considerTasks(lesson, lesson.tasks);
      } catch (error) {
        // Nobody waits for this whom the database's own error would reach; the next command looks again.
        this.options.log.warn({ err: error }, 'the tasks of a lesson could not be looked at');
      }
    });
  }

  /** Has those of the tasks checked that are watched. An ask waits for its answer. */
  considerTasks(lesson: LessonEntry, tasks: readonly TaskEntry[]): void {
    if (!this.running) return;
    const { session, queue } = this.running;
    for (const task of tasks) {
      if (task.kind !== 'task' || !this.options.watched(session, lesson, task)) continue;
      queue.add(idOf(lesson.slug, task.id), { asked: false });
    }
  }

  /** The learner asks for a check. `session` is their sandbox, if there is one. */
  async ask(session: SandboxSession | undefined, slug: string, task: string, answer?: string): Promise<void> {
    const request = { asked: true, ...(answer === undefined ? {} : { answer }) };
    const id = idOf(slug, task);
    try {
      // It is thawed for this, and waited for, but not started: that is the learner's to decide.
      if (session?.running) await session.ready();
      if (!this.running) return this.report(id, { outcome: 'not-run', code: 'sandbox-stopped' }, request);
      this.running.queue.add(id, request);
      this.options.onChange(slug, task);
    } catch (error) {
      this.report(id, { outcome: 'not-run', code: toLearnerError(error).code }, request);
    }
  }

  /** What the last check said; null where none ran since the page was opened. */
  reportOf(slug: string, task: string): CheckReport | null {
    return this.reports.get(idOf(slug, task)) ?? null;
  }

  /** Whether a check that the learner asked for is under way. */
  isAsked(slug: string, task: string): boolean {
    return this.running?.queue.isAsked(idOf(slug, task)) ?? false;
  }

  /** What was said of the sandbox before this one no longer holds. */
  forget(): void {
    this.reports.clear();
  }

  [Symbol.dispose](): void {
    this.running?.[Symbol.dispose]();
    this.running = undefined;
  }

  private async run(
    session: SandboxSession,
    id: string,
    { asked, answer }: CheckRequest,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { lesson, task } = this.find(id) ?? {};
    if (!lesson || !task) return null;
    const { connect, log } = this.options;
    try {
      if (!(await this.mayRun(session, lesson, task, asked))) return null;
      // Who asks is here; a loop that prints marks does not keep its sandbox from resting.
      using _view = asked ? session.view() : undefined;
      signal.throwIfAborted();
      const options = { signal, ...(answer === undefined ? {} : { answer }) };
      const began = performance.now();
      const verdict = await runCheck(() => connect(session.id), task.check, options);
      this.options.onCheck(verdict.outcome, (performance.now() - began) / 1000);
      // What it printed may be a learner's own: the page has it.
      if (verdict.outcome === 'broken')
        log.warn({ check: task.check.place, fault: verdict.fault }, 'a check is broken');
      return task.kind === 'ask' ? withheld(verdict) : verdict;
    } catch (error) {
      log.debug({ sandbox: session.id, check: task.check.place, err: error }, 'a check could not run');
      return asked ? { outcome: 'not-run', code: toLearnerError(error).code } : null;
    }
  }

  /**
   * What comes before a check is done first. What the learner asks for may not have begun: it begins by that. They are
   * answered also where the preparation failed, since they can go on.
   */
  private async mayRun(
    session: SandboxSession,
    lesson: LessonEntry,
    task: TaskEntry,
    asked: boolean,
  ): Promise<boolean> {
    const { prepared, begin, watched, done, given } = this.options;
    if (asked && stateOf(task, done(lesson.slug), given(session, lesson)) !== 'open') return false;
    if (!(await prepared(session, lesson)) && !asked) return false;
    if (!asked) return watched(session, lesson, task);
    await begin(session, lesson, task);
    return true;
  }

  private ended(session: SandboxSession, id: string, request: CheckRequest, outcome: Outcome): void {
    try {
      this.follow(session, id, request, outcome);
    } catch (error) {
      // A database that cannot even be read: whoever asked asks again.
      this.options.log.warn({ check: id, err: error }, 'what a check said could not be told');
    }
  }

  private follow(session: SandboxSession, id: string, request: CheckRequest, outcome: Outcome): void {
    const { lesson, task } = this.find(id) ?? {};
    if (!lesson || !task) return;
    if (outcome?.outcome === 'passed') {
      this.passed(session, id, lesson, task, request);
    } else if (outcome && !this.options.done(lesson.slug).has(task.id)) {
      this.report(id, outcome, request);
    } else if (request.asked) {
      this.options.onChange(lesson.slug, task.id);
    }
  }

  private passed(
    session: SandboxSession,
    id: string,
    lesson: LessonEntry,
    task: TaskEntry,
    request: CheckRequest,
  ): void {
    this.reports.delete(id);
    try {
      this.options.onPassed(session, lesson, task);
    } catch (error) {
      // It is not done where a reload would show that it is not.
      this.options.log.warn({ check: task.check.place, err: error }, 'a task that was done could not be noted');
      this.report(id, { outcome: 'not-run', code: 'unexpected' }, request);
    }
  }

  private report(id: string, verdict: Exclude<Verdict, { outcome: 'passed' }>, { asked }: CheckRequest): void {
    const before = this.reports.get(id);
    const report = { ...verdict, asked, at: this.options.now() } satisfies CheckReport;
    this.reports.set(id, report);
    // After each command all open tasks are checked, and most say what they said before.
    if (asked || !saysTheSame(before, report)) this.options.onChange(...partsOf(id));
  }

  private find(id: string): { lesson: LessonEntry; task: TaskEntry } | undefined {
    const [slug, taskId] = partsOf(id);
    const lesson = this.options.lesson(slug);
    const task = lesson?.tasks.find((each) => each.id === taskId);
    return lesson && task && { lesson, task };
  }
}

/** Slugs have no slash. */
function idOf(slug: string, task: string): string {
  return `${slug}/${task}`;
}

function partsOf(id: string): [slug: string, task: string] {
  const at = id.indexOf('/');
  return [id.slice(0, at), id.slice(at + 1)];
}

/** Whether two reports differ at most in when they were made, and for whom. */
function saysTheSame(a: CheckReport | undefined, b: CheckReport): boolean {
  const said = (report: CheckReport) => JSON.stringify({ ...report, asked: false, at: 0 });
  return a !== undefined && said(a) === said(b);
}

/** What an answer was compared with is the answer: no browser gets it. */
function withheld(verdict: Verdict): Verdict {
  return verdict.outcome === 'not-yet' ? { ...verdict, compared: null } : verdict;
}
