import { createHash } from 'node:crypto';
import { archiveOf, type Archive } from './archive.ts';
import type { Course } from './course.ts';
import { laidFiles } from './laid-files.ts';
import type { Lesson } from './lesson.ts';
import type { CourseManifest, LessonEntry } from './manifest.ts';

/** What the server is told about the courses, and the archives of lessons' files that it names. */
export async function toManifest(
  courses: readonly Course[],
): Promise<{ manifest: CourseManifest; archives: Map<string, Buffer> }> {
  const archives = new Map<string, Buffer>();
  const manifest: CourseManifest = { courses: [] };
  for (const { id, title, image, lessons } of courses) {
    const entries: LessonEntry[] = [];
    for (const lesson of lessons) {
      const laid = laidFiles(lesson, lessons);
      const archive = laid.length > 0 ? await archiveOf(laid) : null;
      if (archive) archives.set(archive.name, archive.bytes);
      entries.push(entryOf(lesson, archive));
    }
    manifest.courses.push({ id, title, image, lessons: entries });
  }
  return { manifest, archives };
}

function entryOf(lesson: Lesson, archive: Archive | null): LessonEntry {
  const { id, slug, title, terminals, setup, tasks, quizzes } = lesson;
  const files = archive?.name ?? null;
  return { id, slug, title, terminals, version: versionOf(lesson, files), files, setup, tasks, quizzes };
}

/** 64 bits: versions are compared with others of one lesson only. */
const VERSION_DIGITS = 16;

/** Digest of what decides the state at the start of each task. Where in the text it stands decides nothing. */
function versionOf({ setup, tasks }: Lesson, files: string | null): string {
  const made = { files, setup, tasks: tasks.map(({ id, setup, live, solve }) => ({ id, setup, live, solve })) };
  const text = JSON.stringify(made, (key, value: unknown) => (key === 'place' ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, VERSION_DIGITS);
}
