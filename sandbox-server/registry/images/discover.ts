/** All courses' images for the class registry, as one list. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type CourseImage, courseOf, imageProblem } from '../../sandbox/images/discover.ts';
import { type RegistryImageDescription, sourceOf } from './schema.ts';

export interface RegistryImage {
  description: RegistryImageDescription;
  /** Folder of image.yaml. */
  folder: string;
}

/** Courses may share an entry by writing the same; two that give one name and tag to different images are refused. */
export function registryImages(images: readonly CourseImage[]): RegistryImage[] {
  const found: RegistryImage[] = [];
  for (const { folder, description } of images) {
    for (const entry of description.registry) {
      if (entry.dockerfile !== undefined && !existsSync(join(folder, entry.dockerfile, 'Dockerfile'))) {
        throw imageProblem(
          folder,
          `${entry.name}: there is no ${entry.dockerfile}/Dockerfile beside it`,
          'a folder with a Dockerfile',
          'Write it, or mend the folder’s name.',
        );
      }
      const image = { folder, description: entry };
      const other = found.find((known) => shareTag(known, image));
      if (!other) found.push(image);
      else if (!same(other, image)) {
        throw imageProblem(
          folder,
          `${entry.name}:${entry.tags[0]} and the course ${courseOf(other)} give one tag to different images`,
          'the same entry in both, or other tags',
          'Mend one of the two.',
        );
      }
    }
  }
  return found;
}

const shareTag = (a: RegistryImage, b: RegistryImage) =>
  a.description.name === b.description.name && a.description.tags.some((tag) => b.description.tags.includes(tag));

const same = (a: RegistryImage, b: RegistryImage) =>
  sourceOf(a.description) !== 'dockerfile' && JSON.stringify(a.description) === JSON.stringify(b.description);
