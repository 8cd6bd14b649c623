/** Entries of Astro's content collections, made of courses: by the loaders, and by the author's desk of what has changed. */
import { readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { LoaderContext } from 'astro/loaders';
import type { Course } from './course/course.ts';
import type { Lesson } from './course/lesson.ts';
import { kept } from './kept.ts';

export type LessonEntry = Awaited<ReturnType<typeof render>>;

/** Where the lessons are, and what makes pages of them. */
export interface Press {
  /** Astro's root. */
  root: URL;
  /** The folder of the courses. */
  folder: string;
  renderMarkdown: LoaderContext['renderMarkdown'];
}

export function courseEntry({ id, lessons, ...data }: Course) {
  return { id, data: { ...data, lessons: lessons.map(({ slug }) => `${id}/${slug}`) } };
}

/** Of a lesson that was rendered before and has not changed since, the same entry again. */
export async function lessonEntry(press: Press, course: string, lesson: Lesson): Promise<LessonEntry> {
  const path = join(press.folder, course, lesson.id, 'index.md');
  // The whole file: our Markdown plugins read the terminals from its frontmatter.
  const source = await readFile(path, 'utf8');
  const pictures = await Promise.all(lesson.pictures.map(({ url }) => versionOf(join(path, '..', url))));
  const of = JSON.stringify([course, source, pictures]);
  const known = kept.lessons.get(path);
  if (known?.of === of) return known.entry;
  const entry = await render(press, course, lesson, path, source);
  kept.lessons.set(path, { of, entry });
  return entry;
}

async function render(press: Press, course: string, lesson: Lesson, path: string, source: string) {
  const { slug, title, summary, duration, objectives, terminals } = lesson;
  const rendered = await press.renderMarkdown(source, { fileURL: pathToFileURL(path) });
  return {
    id: `${course}/${slug}`,
    // Field by field: a lesson holds its checks and solutions too, which no page may get.
    data: { title, summary, duration, objectives, terminals, course, slug },
    rendered,
    filePath: relative(fileURLToPath(press.root), path),
    // Pictures: Astro writes them, with their sizes, into the site.
    ...(rendered.metadata?.imagePaths && { assetImports: rendered.metadata.imagePaths }),
  };
}

async function versionOf(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  return `${path} ${mtimeMs} ${size}`;
}
