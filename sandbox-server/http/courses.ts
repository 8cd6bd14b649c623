/** The courses that this server has, from the manifest that the site's build wrote. */
import type { CourseEntry, CourseManifest, LessonEntry, QuizEntry, TaskEntry } from '../../site/course/manifest.ts';
import { MAX_OWN_TERMINALS } from '../protocol/limits.ts';
import { numberOfOwn } from '../protocol/own-terminals.ts';
import { LearnerError } from '../session/learner-error.ts';

export class Courses {
  private byId!: Map<string, CourseEntry>;
  private readonly listeners = new Set<() => void>();

  constructor(manifest: CourseManifest) {
    this.replace(manifest);
  }

  /** From now on the server has these courses. Pages that are open get their progress anew. */
  replace(manifest: CourseManifest): void {
    this.byId = new Map(manifest.courses.map((course) => [course.id, course]));
    for (const listener of this.listeners) listener();
  }

  /** Calls back after each `replace`, until disposed. */
  onReplaced(listener: () => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
  }

  /** In the order of the manifest. */
  all(): CourseEntry[] {
    return [...this.byId.values()];
  }

  /** Throws `not-found`. */
  get(id: string): CourseEntry {
    return found(this.byId.get(id));
  }

  /** By its slug. Throws `not-found`. */
  lesson(course: CourseEntry, slug: string): LessonEntry {
    return found(course.lessons.find((lesson) => lesson.slug === slug));
  }

  /** Throws `not-found`. */
  task(lesson: LessonEntry, id: string): TaskEntry {
    return found(lesson.tasks.find((task) => task.id === id));
  }

  /** Throws `not-found`. */
  quiz(lesson: LessonEntry, id: string): QuizEntry {
    return found(lesson.quizzes.find((quiz) => quiz.id === id));
  }

  /** A terminal of a lesson or of the learner's own. Throws what `ownTerminal` throws. */
  terminal(course: CourseEntry, name: string): string {
    return course.lessons.some((lesson) => lesson.terminals.includes(name)) ? name : this.ownTerminal(name);
  }

  /** Throws `not-found` for what no learner's own terminal is called, `too-many-terminals` where it is one too many. */
  ownTerminal(name: string): string {
    const number = numberOfOwn(name);
    if (number === undefined) throw new LearnerError('not-found');
    if (number > MAX_OWN_TERMINALS) throw new LearnerError('too-many-terminals');
    return name;
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new LearnerError('not-found');
  return value;
}
