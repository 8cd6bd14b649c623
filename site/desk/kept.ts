/**
 * What a build of the site leaves behind for the author's desk. Astro's configuration, the content loaders and the built
 * pages are modules of three graphs in one process: this is one value for all of them.
 */
import type { LoaderContext } from 'astro/loaders';
import type { LessonEntry } from '../content-entries.ts';

export interface Kept {
  /** Astro's collections by name, each by the entries' ids. While the desk runs, the built pages read these. */
  collections: Map<string, Map<string, object>>;
  /** Entries of lessons by the path of their file, and of what they were made. */
  lessons: Map<string, { of: string; entry: LessonEntry }>;
  /** With all plugins; undefined until the lessons were loaded. */
  renderMarkdown: LoaderContext['renderMarkdown'] | undefined;
}

const NAME = 'slipway.desk';
const key = Symbol.for(NAME);
const global = globalThis as { [key]?: Kept };

export const kept: Kept = (global[key] ??= { collections: new Map(), lessons: new Map(), renderMarkdown: undefined });

/** The module that stands in the built pages for Astro's own store of all entries. */
export const KEPT_COLLECTIONS = `export default globalThis[Symbol.for(${JSON.stringify(NAME)})].collections;`;

/** Puts a collection in place of the one before, in the order that Astro's own store has. */
export function keepCollection(name: string, entries: readonly { id: string }[]): void {
  const sorted = [...entries].sort((a, b) => a.id.localeCompare(b.id));
  kept.collections.set(name, new Map(sorted.map((entry) => [entry.id, entry])));
}
