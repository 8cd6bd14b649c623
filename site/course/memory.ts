import type { Beside } from './beside.ts';
import type { Lesson } from './lesson.ts';
import type { Problem } from './problem.ts';

type Read = { lesson: Lesson } | { problems: Problem[] };

/**
 * What whoever reads the same courses again and again keeps between readings: a lesson that has not changed is the same
 * object again, and is not looked through anew.
 */
export class CourseMemory {
  readonly #lessons = new Map<string, { of: string; read: Read }>();
  readonly #shells = new WeakSet<Lesson>();

  /** `file` names the lesson; `source` and `beside` are all that it is read from. */
  lesson(file: string, source: string, beside: Beside, read: () => Read): Read {
    // Not how large its files are: whoever edits one has changed no lesson.
    const { folder, paths, mistakes } = beside.files ?? {};
    const of = JSON.stringify([source, [...beside.scripts], folder, paths, mistakes]);
    const known = this.#lessons.get(file);
    if (known?.of === of) return known.read;
    const fresh = read();
    this.#lessons.set(file, { of, read: fresh });
    return fresh;
  }

  /** Of these lessons, the ones whose scripts are not known to be readable. */
  unread(lessons: readonly Lesson[]): Lesson[] {
    return lessons.filter((lesson) => !this.#shells.has(lesson));
  }

  /** The shell can read the scripts of these. */
  readable(lessons: readonly Lesson[]): void {
    for (const lesson of lessons) this.#shells.add(lesson);
  }
}
