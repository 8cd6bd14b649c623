import type { Loader, LoaderContext } from 'astro/loaders';
import { z } from 'astro/zod';
import { defineCollection } from 'astro:content';
import { courseEntry, lessonEntry } from './content-entries.ts';
import type { Course } from './course/course.ts';
import { courseSchema, lessonSchema } from './course/schema.ts';
import { keepCollection, kept, keptCourses } from './kept.ts';
import { lessonsFolder } from './lessons-folder.ts';

type Entry = Parameters<LoaderContext['store']['set']>[0];

/**
 * Loads a collection afresh each time. Astro's own cache knows a file by its text alone, and would keep what an older
 * version of our schema or of our Markdown plugins made of it; rendering a course takes milliseconds.
 */
function fresh(name: string, entriesOf: (courses: Course[], context: LoaderContext) => Promise<Entry[]>): Loader {
  return {
    name,
    load: async (context) => {
      const { store, config, collection } = context;
      const entries = await entriesOf(await keptCourses(lessonsFolder(config.root)), context);
      store.clear();
      for (const entry of entries) store.set(entry);
      keepCollection(collection, entries);
    },
  };
}

const courses = defineCollection({
  loader: fresh('slipway-courses', async (all) => all.map(courseEntry)),
  schema: courseSchema.extend({ lessons: z.array(z.string()) }),
});

const lessons = defineCollection({
  loader: fresh('slipway-lessons', async (all, { config, renderMarkdown }) => {
    kept.renderMarkdown = renderMarkdown;
    const press = { root: config.root, folder: lessonsFolder(config.root), renderMarkdown };
    const entries: Entry[] = [];
    for (const course of all) {
      for (const lesson of course.lessons) entries.push(await lessonEntry(press, course.id, lesson));
    }
    return entries;
  }),
  schema: lessonSchema.extend({ course: z.string(), slug: z.string() }),
});

export const collections = { courses, lessons };
