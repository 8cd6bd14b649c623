/** Finds and reads the images that the courses describe. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { isLeftOut } from '../../../site/course/names.ts';
import { formatProblem, type Problem } from '../../../site/course/problem.ts';
import { readYaml } from '../../../site/course/yaml.ts';
import { type ImageDescription, imageSchema } from './schema.ts';

export interface CourseImage {
  description: ImageDescription;
  /** Folder of image.yaml. */
  folder: string;
}

/** An image that cannot be used. The message names file, line, what was expected. */
export class ImageProblem extends Error {
  override name = 'ImageProblem';
  /** Empty where what is wrong is not in an image.yaml. */
  readonly problems: readonly Problem[];

  constructor(what: string | readonly Problem[]) {
    super(typeof what === 'string' ? what : what.map(formatProblem).join('\n'));
    this.problems = typeof what === 'string' ? [] : what;
  }
}

/** A mistake in an image.yaml that shows only beside others. */
export const imageProblem = (folder: string, what: string, expected: string, mend: string) =>
  new ImageProblem([{ file: join(folder, IMAGE_FILE), line: 1, column: 1, what, expected, mend }]);

export const IMAGE_FILE = 'image.yaml';

/** Folder name of the course that describes an image. */
export const courseOf = ({ folder }: Pick<CourseImage, 'folder'>) => basename(dirname(folder));

/** Folders of the images that the courses describe. */
export function imageFolders(lessons: string): string[] {
  if (!existsSync(lessons)) return [];
  return readdirSync(lessons, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !isLeftOut(entry.name))
    .map(({ name }) => join(lessons, name, 'image'))
    .filter((folder) => existsSync(join(folder, IMAGE_FILE)));
}

export function discoverImages(lessons: string): CourseImage[] {
  const images = imageFolders(lessons).map((folder) => ({ folder, description: readDescription(folder) }));
  for (const [index, { description, folder }] of images.entries()) {
    const first = images.findIndex((other) => other.description.name === description.name);
    if (first !== index) {
      throw imageProblem(
        folder,
        `the name "${description.name}" is taken by the course ${courseOf(images[first]!)}`,
        'a name that no other course’s image has',
        'Choose another, or have course.yaml name the other image.',
      );
    }
  }
  return images;
}

/** Reads the image.yaml of a folder. Throws an `ImageProblem` with every mistake in it. */
export function readDescription(folder: string): ImageDescription {
  const file = join(folder, IMAGE_FILE);
  const read = readYaml({ file, text: readFileSync(file, 'utf8'), firstLine: 1 }, imageSchema);
  if ('problems' in read) throw new ImageProblem(read.problems);
  return read.value;
}
