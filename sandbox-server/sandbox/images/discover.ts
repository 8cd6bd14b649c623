/** Finds and reads the images that the courses describe. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';

import { isLeftOut } from '../../../site/course/names.ts';
import { type ImageDescription, imageSchema } from './schema.ts';

export interface CourseImage {
  description: ImageDescription;
  /** Folder of image.yaml. */
  folder: string;
}

/** An image.yaml that cannot be used. The message names file, line, what was expected. */
export class ImageProblem extends Error {
  override name = 'ImageProblem';
}

export function discoverImages(lessons: string): CourseImage[] {
  if (!existsSync(lessons)) return [];
  const images = readdirSync(lessons, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !isLeftOut(entry.name))
    .map(({ name }) => join(lessons, name, 'image'))
    .filter((folder) => existsSync(join(folder, 'image.yaml')))
    .map((folder) => ({ folder, description: readDescription(join(folder, 'image.yaml')) }));
  for (const [index, { description, folder }] of images.entries()) {
    const first = images.findIndex((other) => other.description.name === description.name);
    if (first !== index) {
      throw new ImageProblem(
        `${folder}/image.yaml: the name "${description.name}" is taken by ${images[first]!.folder}.`,
      );
    }
  }
  return images;
}

function readDescription(path: string): ImageDescription {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines });
  const at = (offset: number) => `${path}:${lines.linePos(offset).line}`;
  const [error] = document.errors;
  if (error) throw new ImageProblem(`${at(error.pos[0])}: not YAML: ${error.message.split('\n')[0]}`);
  const result = imageSchema.safeParse(document.toJS());
  if (result.success) return result.data;
  const [issue] = result.error.issues as [(typeof result.error.issues)[number]];
  const node = document.getIn(issue.path, true) as { range?: [number] } | undefined;
  const field = issue.path.join('.');
  throw new ImageProblem(`${at(node?.range?.[0] ?? 0)}: ${field ? `${field}: ` : ''}${issue.message}`);
}
