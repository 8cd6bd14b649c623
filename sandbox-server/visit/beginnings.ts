/** What is done in a sandbox before its tasks are checked: the lesson is prepared, and each task begins. */
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import { LessonFault } from '../lessons/fault.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { VisitsOptions } from './context.ts';
import { isDue } from './task-states.ts';

export interface BeginningsOptions extends Pick<VisitsOptions, 'prepare' | 'begin' | 'begun'> {
  onWork(): void;
  onDone(): void;
  onFailed(task: string, error: unknown): void;
}

export class Beginnings {
  private readonly options: BeginningsOptions;
  /** Tasks that begin just now, by sandbox. */
  private readonly under = new Set<string>();

  constructor(options: BeginningsOptions) {
    this.options = options;
  }

  /** Which tasks of the lesson have begun in this sandbox. The first begins with the lesson. */
  begunIn({ id }: SandboxSession, { slug, tasks: [first] }: LessonEntry): (task: TaskEntry) => boolean {
    return (task) => task.id === first?.id || this.options.begun.has(id, slug, task.id);
  }

  /** Tasks of the lesson whose solutions this sandbox was made with. */
  givenIn(session: SandboxSession | undefined, { slug }: LessonEntry): ReadonlySet<string> {
    return session ? this.options.begun.given(session.id, slug) : new Set();
  }

  /** A page shows the lesson: its sandbox is prepared, and what fails is told. Never rejects. */
  async opened(session: SandboxSession, lesson: LessonEntry): Promise<void> {
    await this.prepare(session, lesson).catch((error: unknown) => {
      this.options.onFailed(lesson.tasks[0]?.id ?? '', error);
    });
  }

  /** Resolves to whether the lesson is prepared; that it could not be was told when it was opened. */
  async prepared(session: SandboxSession, lesson: LessonEntry): Promise<boolean> {
    return this.prepare(session, lesson).then(
      () => true,
      () => false,
    );
  }

  /** Does what these tasks begin with, those of them for which it is not done yet. Never rejects. */
  async begin(session: SandboxSession, lesson: LessonEntry, tasks: readonly TaskEntry[]): Promise<void> {
    const { begin, begun, onWork, onDone, onFailed } = this.options;
    const { id } = session;
    const isBegun = this.begunIn(session, lesson);
    const keyOf = (task: TaskEntry) => `${id}/${lesson.slug}/${task.id}`;
    const due = tasks.filter((task) => isDue(task, isBegun) && !this.under.has(keyOf(task)));
    if (due.length === 0) return;
    const note = () =>
      begun.add(
        id,
        lesson.slug,
        due.map((task) => task.id),
      );
    for (const task of due) this.under.add(keyOf(task));
    onWork();
    try {
      await begin(session, due);
      note();
      onDone();
    } catch (error) {
      // What failed for the author's fault is not tried again at each command.
      if (error instanceof LessonFault) note();
      onFailed(due[0]!.id, error);
    } finally {
      for (const task of due) this.under.delete(keyOf(task));
    }
  }

  private async prepare(session: SandboxSession, lesson: LessonEntry): Promise<void> {
    let works = false;
    const onWork = () => {
      works = true;
      this.options.onWork();
    };
    try {
      await this.options.prepare(session, lesson, onWork);
    } finally {
      if (works) this.options.onDone();
    }
  }
}
