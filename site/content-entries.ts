/** Entries of Astro's content collections, made of courses: by the loaders, and by the author's desk of what has changed. */
import { readFileSync, statSync } from 'node:fs';
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

/**
 * Of a lesson that was rendered before and has not changed since, the same entry again. Whoever reads courses again with
 * a `CourseMemory` gets the same object for a lesson with the same text.
 */
export async function lessonEntry(press: Press, course: string, lesson: Lesson): Promise<LessonEntry> {
  const path = join(press.folder, course, lesson.id, 'index.md');
  const pictures = lesson.pictures.map(({ url }) => versionOf(join(path, '..', url))).join('\n');
  const known = kept.lessons.get(path);
  if (known?.lesson === lesson && known.pictures === pictures) return known.entry;
  const entry = await render(press, course, lesson, path);
  kept.lessons.set(path, { lesson, pictures, entry });
  return entry;
}

async function render(press: Press, course: string, lesson: Lesson, path: string) {
  const { slug, title, summary, duration, objectives, terminals } = lesson;
  // The whole file: our Markdown plugins read the terminals from its frontmatter.
  const rendered = await press.renderMarkdown(readFileSync(path, 'utf8'), { fileURL: pathToFileURL(path) });
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

function versionOf(path: string): string {
  const { mtimeMs, size } = statSync(path);
  return `${mtimeMs} ${size}`;
}
