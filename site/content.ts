import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Loader, LoaderContext } from 'astro/loaders';
import { z } from 'astro/zod';
import { defineCollection } from 'astro:content';
import { readCourses } from './course/course.ts';
import { lessonsFolder } from './lessons-folder.ts';
import { courseSchema, lessonSchema } from './course/schema.ts';

/**
 * Loads a collection afresh each time. Astro's own cache knows a file by its text alone, and would keep what an older
 * version of our schema or of our Markdown plugins made of it; rendering a course takes milliseconds.
 */
function fresh(name: string, load: (folder: string, context: LoaderContext) => Promise<void>): Loader {
  return {
    name,
    load: async (context) => {
      const folder = lessonsFolder(context.config.root);
      const reload = async () => {
        context.store.clear();
        await load(folder, context);
      };
      await reload();
      context.watcher?.add(folder);
      context.watcher?.on('all', (_event, path) => {
        if (!path.startsWith(folder)) return;
        reload().catch((error: unknown) => context.logger.error(String(error)));
      });
    },
  };
}

const courses = defineCollection({
  loader: fresh('slipway-courses', async (folder, { store }) => {
    for (const { id, lessons, ...data } of await readCourses(folder)) {
      store.set({ id, data: { ...data, lessons: lessons.map(({ slug }) => `${id}/${slug}`) } });
    }
  }),
  schema: courseSchema.extend({ lessons: z.array(z.string()) }),
});

const lessons = defineCollection({
  loader: fresh('slipway-lessons', async (folder, { store, config, renderMarkdown }) => {
    for (const course of await readCourses(folder)) {
      for (const lesson of course.lessons) {
        const { id, slug, title, summary, duration, objectives, terminals } = lesson;
        const path = join(folder, course.id, id, 'index.md');
        // The whole file: our Markdown plugins read the terminals from its frontmatter.
        const rendered = await renderMarkdown(await readFile(path, 'utf8'), { fileURL: pathToFileURL(path) });
        store.set({
          id: `${course.id}/${slug}`,
          // Field by field: a lesson holds its checks and solutions too, which no page may get.
          data: { title, summary, duration, objectives, terminals, course: course.id, slug },
          rendered,
          filePath: relative(fileURLToPath(config.root), path),
          // Pictures: Astro writes them, with their sizes, into the site.
          ...(rendered.metadata?.imagePaths && { assetImports: rendered.metadata.imagePaths }),
        });
      }
    }
  }),
  schema: lessonSchema.extend({ course: z.string(), slug: z.string() }),
});

export const collections = { courses, lessons };
