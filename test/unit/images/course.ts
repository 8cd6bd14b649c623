import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type CourseImage, discoverImages } from '../../../sandbox-server/sandbox/images/discover.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export const YAML = 'name: basics\nfrom:\n  debian:\n    suite: bookworm\n    packages: [less]\n';

/** A folder of lessons with one course more, whose image has one file. */
export function course(yaml = YAML, lessons = temporaryFolder(), name = 'course'): string {
  mkdirSync(join(lessons, name, 'image', 'files', 'etc'), { recursive: true });
  writeFileSync(join(lessons, name, 'image', 'image.yaml'), yaml);
  writeFileSync(join(lessons, name, 'image', 'files', 'etc', 'motd'), 'hello');
  return lessons;
}

export const imageOf = (lessons: string): CourseImage => discoverImages(lessons)[0]!;
