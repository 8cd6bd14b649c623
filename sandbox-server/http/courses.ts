/** The courses that this server has, from the manifest that the site's build wrote. */
import type { CourseEntry, CourseManifest } from '../../site/course/manifest.ts';
import { LearnerError } from '../session/learner-error.ts';

export class Courses {
  private readonly byId: Map<string, CourseEntry>;

  constructor(manifest: CourseManifest) {
    this.byId = new Map(manifest.courses.map((course) => [course.id, course]));
  }

  /** Throws `not-found`. */
  get(id: string): CourseEntry {
    const course = this.byId.get(id);
    if (!course) throw new LearnerError('not-found');
    return course;
  }

  /** Throws `not-found` for a terminal that no lesson of the course has. */
  terminal(course: CourseEntry, name: string): string {
    if (!course.lessons.some((lesson) => lesson.terminals.includes(name))) throw new LearnerError('not-found');
    return name;
  }
}
