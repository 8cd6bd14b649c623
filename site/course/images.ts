import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Names of the images that the courses in these folders describe. Read by its one line: whatever else is wrong with an
 * image.yaml, the image's own build tells.
 */
export async function imagesIn(courses: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(
    courses.map((folder) => readFile(join(folder, 'image', 'image.yaml'), 'utf8').catch(() => '')),
  );
  return texts.flatMap((text) => /^name:[ \t]*["']?(?<name>[a-z0-9-]+)/m.exec(text)?.groups?.['name'] ?? []);
}
