/** Mistakes in the descriptions of the courses' images. */
import { registryImages } from '../../registry/images/discover.ts';
import type { Network } from '../../sandbox/driver.ts';
import { refusedNetworks } from '../../sandbox/images/networks.ts';
import { discoverImages, imageFolders, ImageProblem, readDescription } from '../../sandbox/images/discover.ts';
import type { Problem } from '../../../site/course/problem.ts';

/**
 * Each image.yaml by itself; where all can be read, also how they go together, and whether what they reach is allowed.
 * Files are as they lie on this machine.
 */
export function inspectImages(lessons: string, networks: readonly Network[]): readonly Problem[] {
  const alone = imageFolders(lessons).flatMap((folder) => problemsOf(() => readDescription(folder)));
  if (alone.length > 0) return alone;
  const together = problemsOf(() => registryImages(discoverImages(lessons)));
  return together.length > 0 ? together : refusedNetworks(discoverImages(lessons), networks);
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
