/**
 * One learner in one course, while any page of it is open: has tasks checked, and tells all pages what came of it. What is
 * done is on the disk before it is told.
 */
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import type { ErrorCode } from '../protocol/errors.ts';
import type { LessonServerMessage, SandboxWork, TaskProgress } from '../protocol/lesson.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { LessonKey, LessonRecord } from '../store/progress.ts';
import type { VisitsOptions } from './context.ts';
import { Beginnings } from './beginnings.ts';
import { explain } from './explain.ts';
import { LiveFigure } from './live-figure.ts';
import { OpenLesson } from './open-lesson.ts';
import type { Page } from './page.ts';
import { quizProgress } from './quizzes.ts';
import { TaskChecks } from './task-checks.ts';
import { beginAfter, beginPast, isWatched, stateOf } from './task-states.ts';

export class Visit implements Disposable {
  readonly learner: string;
  readonly course: string;
  private readonly options: VisitsOptions;
  private readonly onEnd: () => void;
  private readonly pages = new Set<OpenLesson>();
  private readonly checks: TaskChecks;
  private readonly beginnings: Beginnings;
  private readonly figure: LiveFigure;
  /** The sandbox, while it runs. */
  private session: SandboxSession | undefined;
  private work: SandboxWork = { name: 'idle' };

  constructor(options: VisitsOptions, learner: string, course: string, onEnd: () => void) {
    this.options = options;
    this.learner = learner;
    this.course = course;
    this.onEnd = onEnd;
    this.figure = new LiveFigure({ ...options, sandbox: () => options.find(learner, course) });
    this.beginnings = new Beginnings({
      ...options,
      onWork: () => this.working({ name: 'preparing' }),
      onDone: () => this.working({ name: 'idle' }),
      onFailed: (task, error) => this.working({ name: 'failed', task, ...explain(error) }),
    });
    this.checks = new TaskChecks({
      ...options,
      shown: () => this.shown(),
      lesson: (slug) => this.lesson(slug),
      done: (slug) => doneOf(this.record(slug)),
      watched: (session, lesson, task) =>
        isWatched(
          lesson,
          task,
          doneOf(this.record(lesson.slug)),
          this.beginnings.begunIn(session, lesson),
          this.beginnings.givenIn(session, lesson),
        ),
      given: (session, lesson) => this.beginnings.givenIn(session, lesson),
      prepared: (session, lesson) => this.beginnings.prepared(session, lesson),
      begin: (session, lesson, task) => this.beginnings.begin(session, lesson, [task]),
      onChange: (lesson, task) => this.tellTask(lesson, task),
      onPassed: (session, lesson, task) => this.passed(session, lesson, task),
    });
  }

  open(lesson: LessonEntry, page: Page): OpenLesson {
    const key = this.keyOf(lesson.slug);
    const { progress, log } = this.options;
    progress.open(key);
    const opened = new OpenLesson({
      key,
      page,
      progress,
      log,
      onCheck: (slug, task, answer) => this.asked(slug, task, answer),
      onFigure: (seenBy, seen) => this.figure.seen(seenBy, seen),
      onClose: (closed) => {
        this.pages.delete(closed);
        if (this.pages.size === 0) this[Symbol.dispose]();
      },
    });
    this.pages.add(opened);
    page.tell(this.progressOf(lesson));
    if (this.work.name !== 'idle') page.tell({ type: 'sandbox', work: this.work });
    if (this.session) this.show(this.session, lesson);
    this.checks.consider();
    return opened;
  }

  /** The sandbox runs. */
  enter(session: SandboxSession): void {
    this.session = session;
    for (const lesson of this.shown()) this.show(session, lesson);
    this.checks.enter(session);
    this.figure.enter(session);
  }

  /** It does not any more. */
  leave(session: SandboxSession): void {
    if (this.session === session) this.session = undefined;
    this.checks.leave(session);
    this.figure.leave(session);
  }

  /** Something may have changed that no terminal tells. */
  consider(): void {
    this.checks.consider();
  }

  tellTask(slug: string, id: string): void {
    const lesson = this.lesson(slug);
    const task = lesson?.tasks.find((each) => each.id === id);
    if (task) this.tell(slug, { type: 'task', task: this.taskProgress(lesson!, task, this.record(slug)) });
  }

  tellQuiz(slug: string, id: string): void {
    const quiz = this.lesson(slug)?.quizzes.find((each) => each.id === id);
    if (!quiz) return;
    const record = this.record(slug)?.quizzes.get(id);
    this.tell(slug, { type: 'quiz', quiz: quizProgress(quiz, record, this.keyOf(slug), this.options.secret) });
  }

  working(work: SandboxWork): void {
    this.work = work.name === 'failed' ? { name: 'idle' } : work;
    for (const { page } of this.pages) page.tell({ type: 'sandbox', work });
  }

  /** The sandbox is another one. */
  startOver(): void {
    this.checks.forget();
    this.tellProgress();
    this.checks.consider();
  }

  coursesReplaced(): void {
    this.tellProgress();
    this.checks.consider();
  }

  dismiss(code: ErrorCode): void {
    for (const { page } of this.pages) page.close(code);
  }

  [Symbol.dispose](): void {
    this.checks[Symbol.dispose]();
    this.figure[Symbol.dispose]();
    this.onEnd();
  }

  /** The lessons that pages show, each once. */
  private shown(): LessonEntry[] {
    const slugs = new Set([...this.pages].map(({ lesson }) => lesson));
    return [...slugs].flatMap((slug) => this.lesson(slug) ?? []);
  }

  private asked(slug: string, id: string, answer: string | undefined): void {
    const { find, progress, log } = this.options;
    const task = this.lesson(slug)?.tasks.find((each) => each.id === id);
    // A page that was loaded before an edit may ask for what is no longer there.
    if (!task || (task.kind === 'ask') !== (answer !== undefined)) return;
    const given = answer?.trim();
    try {
      if (given !== undefined) progress.noteAnswer(this.keyOf(slug), id, given);
    } catch (error) {
      // It is checked all the same: that it is kept is for the learner's own record.
      log.warn({ err: error }, 'an answer could not be noted');
    }
    this.detach(this.checks.ask(find(this.learner, this.course), slug, id, given));
  }

  private passed(session: SandboxSession, lesson: LessonEntry, { id }: TaskEntry): void {
    const { slug } = lesson;
    this.options.progress.markDone(this.keyOf(slug), id);
    this.tellTask(slug, id);
    const done = doneOf(this.record(slug));
    const given = this.beginnings.givenIn(session, lesson);
    for (const each of lesson.tasks) {
      if (each.needs.includes(id) && stateOf(each, done, given) === 'open') this.tellTask(slug, each.id);
    }
    const begun = this.beginnings.begunIn(session, lesson);
    const beginning = beginAfter(lesson, id, done, begun, given);
    this.begin(session, lesson, beginning);
  }

  /** A page shows the lesson and its sandbox runs: it is prepared, and what follows from what it was made with begins. */
  private show(session: SandboxSession, lesson: LessonEntry): void {
    const { beginnings } = this;
    const work = beginnings.opened(session, lesson).then(() => {
      const done = doneOf(this.record(lesson.slug));
      const given = beginnings.givenIn(session, lesson);
      this.begin(session, lesson, beginPast(lesson, given, done, beginnings.begunIn(session, lesson)));
    });
    this.detach(work);
  }

  /** Has tasks begin, and then looks at them: what begins may be done already. */
  private begin(session: SandboxSession, lesson: LessonEntry, tasks: readonly TaskEntry[]): void {
    if (tasks.length === 0) return;
    this.detach(this.beginnings.begin(session, lesson, tasks).then(() => this.checks.considerTasks(lesson, tasks)));
  }

  /** Work that nobody waits for: what fails, such as a database on a full disk, ends this alone. */
  private detach(work: Promise<void>): void {
    work.catch((error: unknown) =>
      this.options.log.warn({ err: error }, 'what follows for a lesson’s tasks did not come about'),
    );
  }

  private tellProgress(): void {
    for (const { page, lesson } of this.pages) {
      const entry = this.lesson(lesson);
      if (entry) page.tell(this.progressOf(entry));
    }
  }

  private tell(slug: string, message: LessonServerMessage): void {
    for (const { page, lesson } of this.pages) if (lesson === slug) page.tell(message);
  }

  private progressOf(lesson: LessonEntry): LessonServerMessage {
    const record = this.record(lesson.slug);
    const key = this.keyOf(lesson.slug);
    const { secret } = this.options;
    const place = record?.place;
    return {
      type: 'progress',
      tasks: lesson.tasks.map((task) => this.taskProgress(lesson, task, record)),
      quizzes: lesson.quizzes.map((quiz) => quizProgress(quiz, record?.quizzes.get(quiz.id), key, secret)),
      place: place && (place.anchor !== '' || place.offset !== 0) ? place : null,
    };
  }

  private taskProgress(lesson: LessonEntry, task: TaskEntry, record: LessonRecord | undefined): TaskProgress {
    const { slug } = lesson;
    const known = record?.tasks.get(task.id);
    return {
      id: task.id,
      state: stateOf(
        task,
        doneOf(record),
        this.beginnings.givenIn(this.options.find(this.learner, this.course), lesson),
      ),
      doneAt: known?.doneAt ?? null,
      checking: this.checks.isAsked(slug, task.id),
      report: this.checks.reportOf(slug, task.id),
      hints: Math.min(known?.hints ?? 0, task.hints),
      solution: known?.solutionAt != null,
    };
  }

  private lesson(slug: string): LessonEntry | undefined {
    const course = this.options.courses.all().find(({ id }) => id === this.course);
    return course?.lessons.find((lesson) => lesson.slug === slug);
  }

  private record(slug: string): LessonRecord | undefined {
    return this.options.progress.of(this.keyOf(slug));
  }

  private keyOf(lesson: string): LessonKey {
    return { learner: this.learner, course: this.course, lesson };
  }
}

function doneOf(record: LessonRecord | undefined): ReadonlySet<string> {
  return new Set([...(record?.tasks ?? [])].filter(([, { doneAt }]) => doneAt !== null).map(([id]) => id));
}
