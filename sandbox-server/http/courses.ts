/** The courses that this server has, from the manifest that the site's build wrote. */
import type { CourseEntry, CourseManifest } from '../../site/course/manifest.ts';
import { MAX_OWN_TERMINALS } from '../protocol/limits.ts';
import { numberOfOwn } from '../protocol/own-terminals.ts';
import { LearnerError } from '../session/learner-error.ts';

export class Courses {
  private readonly byId: Map<string, CourseEntry>;

  constructor(manifest: CourseManifest) {
    this.byId = new Map(manifest.courses.map((course) => [course.id, course]));
  }

  /** In the order of the manifest. */
  all(): CourseEntry[] {
    return [...this.byId.values()];
  }

  /** Throws `not-found`. */
  get(id: string): CourseEntry {
    const course = this.byId.get(id);
    if (!course) throw new LearnerError('not-found');
    return course;
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
