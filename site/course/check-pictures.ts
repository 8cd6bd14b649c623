import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Picture } from './blocks.ts';
import type { Spot } from './place.ts';
import { isDrawing, mistakesOfDrawing } from './pictures.ts';
import type { Problem } from './problem.ts';

/** Looks whether a lesson's pictures are there and fit to be shown. `place` is its folder as problems name it. */
export function checkPictures(folder: string, place: string, pictures: readonly Picture[]): Problem[] {
  return pictures.flatMap(({ url, line, column }) => {
    const path = join(folder, url);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
      return [notThere({ file: `${place}/index.md`, line, column }, url)];
    }
    if (!isDrawing(url)) return [];
    const mistakes = mistakesOfDrawing(readFileSync(path, 'utf8'));
    return mistakes.map((mistake) => ({ file: `${place}/${url}`, ...mistake }));
  });
}

const notThere = (spot: Spot, url: string): Problem => ({
  ...spot,
  what: `there is no picture "${url}"`,
  expected: 'a file in the lesson’s folder, its name as it is written there',
  mend: `Put ${url} beside index.md, or mend its name.`,
});
