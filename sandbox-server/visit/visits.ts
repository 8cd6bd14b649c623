/** Who has a page of a lesson open: one visit for each learner and course, while any page is. Knows no transport. */
import type { CourseEntry, LessonEntry } from '../../site/course/manifest.ts';
import type { SandboxWork } from '../protocol/lesson.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { LessonKey } from '../store/progress.ts';
import type { VisitsOptions } from './context.ts';
import type { OpenLesson } from './open-lesson.ts';
import type { Page } from './page.ts';
import { Visit } from './visit.ts';

export class Visits implements Disposable {
  private readonly options: VisitsOptions;
  private readonly visits = new Map<string, Visit>();
  /** Sandboxes that run, whether anybody has a page open or not. */
  private readonly ready = new Map<string, SandboxSession>();
  private readonly replaced: Disposable;

  constructor(options: VisitsOptions) {
    this.options = options;
    this.replaced = options.courses.onReplaced(() => this.coursesReplaced());
  }

  /** A page shows the lesson, until what is returned is disposed. The page is told its progress first. */
  open(learner: string, course: CourseEntry, lesson: LessonEntry, page: Page): OpenLesson {
    const id = keyOf(learner, course.id);
    let visit = this.visits.get(id);
    if (!visit) {
      visit = new Visit(this.options, learner, course.id, () => this.visits.delete(id));
      this.visits.set(id, visit);
      const session = this.ready.get(id);
      if (session) visit.enter(session);
    }
    return visit.open(lesson, page);
  }

  /** A learner's sandbox runs, until disposed. */
  whileReady(session: SandboxSession): Disposable {
    const id = keyOf(session.learner, session.course);
    this.ready.set(id, session);
    this.visits.get(id)?.enter(session);
    return {
      [Symbol.dispose]: () => {
        // Another sandbox may have taken its place.
        if (this.ready.get(id) === session) this.ready.delete(id);
        this.visits.get(id)?.leave(session);
      },
    };
  }

  /** The learner looks at a terminal again: what went on meanwhile may have done a task. */
  returned(learner: string, course: string): void {
    this.visits.get(keyOf(learner, course))?.consider();
  }

  /** Something of a task was noted elsewhere: all pages of the lesson are told. */
  taskChanged(key: LessonKey, task: string): void {
    this.visits.get(keyOf(key.learner, key.course))?.tellTask(key.lesson, task);
  }

  quizChanged(key: LessonKey, quiz: string): void {
    this.visits.get(keyOf(key.learner, key.course))?.tellQuiz(key.lesson, quiz);
  }

  /** What is done with the sandbox, for all pages of the course. */
  working(learner: string, course: string, work: SandboxWork): void {
    this.visits.get(keyOf(learner, course))?.working(work);
  }

  /** The sandbox is another one: what was found in the one before no longer holds. */
  moved(learner: string, course: string): void {
    this.visits.get(keyOf(learner, course))?.startOver();
  }

  /** Closes every page of the learner's, who is deleted. */
  dismiss(learner: string): void {
    for (const visit of this.visits.values()) if (visit.learner === learner) visit.dismiss('not-signed-in');
  }

  [Symbol.dispose](): void {
    this.replaced[Symbol.dispose]();
    for (const visit of this.visits.values()) visit[Symbol.dispose]();
  }

  private coursesReplaced(): void {
    for (const visit of this.visits.values()) visit.coursesReplaced();
  }
}

function keyOf(learner: string, course: string): string {
  return `${learner}/${course}`;
}
