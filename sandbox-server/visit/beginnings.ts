/**
 * What is done before a task is checked: the lesson is prepared, and the task begun. Until then its check would look at
 * what the learner has never had, and might well pass.
 */
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import { LessonFault } from '../lessons/fault.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { VisitsOptions } from './context.ts';
import { isDue } from './task-states.ts';

export interface BeginningsOptions extends Pick<VisitsOptions, 'prepare' | 'begin' | 'begun'> {
  onWork(): void;
  onDone(): void;
  /** It did not come about. */
  onFailed(task: string, error: unknown): void;
}

export class Beginnings {
  private readonly options: BeginningsOptions;
  /** What failed for the author's fault: only a learner who asks has it tried again. */
  private readonly failed = new Set<string>();

  constructor(options: BeginningsOptions) {
    this.options = options;
  }

  /**
   * Resolves to whether the task can be checked. A task that is not due yet begins when the learner asks for its check;
   * and what they ask for is checked also where the preparation failed, since they can go on.
   */
  async ready(
    session: SandboxSession,
    lesson: LessonEntry,
    task: TaskEntry,
    done: ReadonlySet<string>,
    asked: boolean,
  ): Promise<boolean> {
    return ((await this.prepared(session, lesson)) && (await this.begun(session, lesson, task, done, asked))) || asked;
  }

  private async prepared(session: SandboxSession, lesson: LessonEntry): Promise<boolean> {
    let works = false;
    const onWork = () => {
      works = true;
      this.options.onWork();
    };
    try {
      await this.options.prepare(session, lesson, onWork);
      return true;
    } catch {
      return false; // the terminals tell it
    } finally {
      if (works) this.options.onDone();
    }
  }

  private async begun(
    session: SandboxSession,
    lesson: LessonEntry,
    task: TaskEntry,
    done: ReadonlySet<string>,
    asked: boolean,
  ): Promise<boolean> {
    const { begin, begun, onWork, onDone, onFailed } = this.options;
    const { id: sandbox } = session;
    const isFirst = lesson.tasks[0]?.id === task.id; // it began with the lesson
    if (isFirst || task.setup.length + task.live.length === 0) return true;
    if (begun.has(sandbox, lesson, task.id)) return true;
    const work = `${sandbox}/${lesson.slug}/${task.id}/${lesson.version}`;
    if (!asked && (!isDue(lesson, task, done) || this.failed.has(work))) return false;
    onWork();
    try {
      await begin(session, [task]);
      begun.add(sandbox, lesson, task.id);
      onDone();
      return true;
    } catch (error) {
      if (error instanceof LessonFault) this.failed.add(work);
      onFailed(task.id, error);
      return false;
    }
  }
}
