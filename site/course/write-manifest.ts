import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Course } from './course.ts';
import type { CourseManifest } from './manifest.ts';
import { toManifest } from './to-manifest.ts';

/** The folder beside the manifest that holds the archives of lessons' files. */
export const LESSON_FILES = 'lesson-files';

/**
 * Writes what the server is told about the courses into `file`, and the archives that it names beside it. Who reads
 * meanwhile reads the old or the new, and finds every archive of either; those that only the old names go last.
 */
export async function writeManifest(courses: readonly Course[], file: string): Promise<CourseManifest> {
  const { manifest, archives } = await toManifest(courses);
  const folder = join(dirname(file), LESSON_FILES);
  await mkdir(folder, { recursive: true });
  const there = new Set(await readdir(folder));
  // Named by content: what is there is right.
  for (const [name, bytes] of archives) if (!there.has(name)) await replace(join(folder, name), bytes);
  await replace(file, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const name of there) if (!archives.has(name)) await rm(join(folder, name), { force: true });
  return manifest;
}

async function replace(file: string, content: string | Buffer): Promise<void> {
  const half = `${file}.half`;
  await writeFile(half, content);
  await rename(half, file);
}
