/**
 * What a build of the site keeps at hand: its parts share it, and the author's desk goes on with it afterwards. Astro's
 * configuration, the content loaders and the built pages are modules of three graphs in one process: this is one value
 * for all of them.
 */
import type { LoaderContext } from 'astro/loaders';
import type { LessonEntry } from './content-entries.ts';
import { type Course, readCourses } from './course/course.ts';
import type { Lesson } from './course/lesson.ts';

export interface Kept {
  /** The courses as they were read first. */
  courses: Promise<Course[]> | undefined;
  /** Astro's collections by name, each by the entries' ids: what the built pages read. */
  collections: Map<string, Map<string, object>>;
  /** Entries of lessons by the path of their file, and of what they were made. */
  lessons: Map<string, { lesson: Lesson; pictures: string; entry: LessonEntry }>;
  /** With all plugins; undefined until the lessons were loaded. */
  renderMarkdown: LoaderContext['renderMarkdown'] | undefined;
}

const NAME = 'slipway.kept';
const key = Symbol.for(NAME);
const global = globalThis as { [key]?: Kept };

export const kept: Kept = (global[key] ??= {
  courses: undefined,
  collections: new Map(),
  lessons: new Map(),
  renderMarkdown: undefined,
});

/** All courses of the folder, read once in a process that builds. */
export const keptCourses = (folder: string): Promise<Course[]> => (kept.courses ??= readCourses(folder));

/**
 * Has the pages read the collections that are kept. Astro would build all entries into them as one text, which takes
 * seconds for a thousand lessons, and could not be changed afterwards.
 */
export const keptCollections = {
  name: 'slipway-kept-collections',
  transform: {
    filter: { id: /^\0astro:data-layer-content$/ },
    handler: () => `export default globalThis[Symbol.for(${JSON.stringify(NAME)})].collections;`,
  },
};

/** Puts a collection in place of the one before, in the order that Astro's own store has. */
export function keepCollection(name: string, entries: readonly { id: string }[]): void {
  const sorted = [...entries].sort((a, b) => a.id.localeCompare(b.id));
  kept.collections.set(name, new Map(sorted.map((entry) => [entry.id, entry])));
}
