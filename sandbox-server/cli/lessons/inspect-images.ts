/** Mistakes in the descriptions of the courses' images. */
import { registryImages } from '../../registry/images/discover.ts';
import { discoverImages, imageFolders, ImageProblem, readDescription } from '../../sandbox/images/discover.ts';
import type { Problem } from '../../../site/course/problem.ts';

/** Each image.yaml by itself; where all can be read, also how they go together. Files are as they lie on this machine. */
export function inspectImages(lessons: string): readonly Problem[] {
  const alone = imageFolders(lessons).flatMap((folder) => problemsOf(() => readDescription(folder)));
  return alone.length > 0 ? alone : problemsOf(() => registryImages(discoverImages(lessons)));
}

function problemsOf(read: () => unknown): readonly Problem[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ImageProblem) return error.problems;
    throw error;
  }
}
