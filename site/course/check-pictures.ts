import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Picture } from './blocks.ts';
import type { Spot } from './place.ts';
import { isDrawing, mistakesOfDrawing } from './pictures.ts';
import type { Problem } from './problem.ts';

/** Looks whether a lesson's pictures are there and fit to be shown. `place` is its folder as problems name it. */
export async function checkPictures(folder: string, place: string, pictures: readonly Picture[]): Promise<Problem[]> {
  const problems = await Promise.all(
    pictures.map(async ({ url, line, column }) => {
      const path = join(folder, url);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile()) return [notThere({ file: `${place}/index.md`, line, column }, url)];
      if (!isDrawing(url)) return [];
      const mistakes = mistakesOfDrawing(await readFile(path, 'utf8'));
      return mistakes.map((mistake) => ({ file: `${place}/${url}`, ...mistake }));
    }),
  );
  return problems.flat();
}

const notThere = (spot: Spot, url: string): Problem => ({
  ...spot,
  what: `there is no picture "${url}"`,
  expected: 'a file in the lesson’s folder, its name as it is written there',
  mend: `Put ${url} beside index.md, or mend its name.`,
});
