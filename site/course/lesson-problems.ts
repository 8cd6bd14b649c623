import type { Beside } from './beside.ts';
import type { Blocks } from './blocks.ts';
import { mistakesOfDirective } from './directives.ts';
import { mistakesOfHeading } from './headings.ts';
import { mistakesOfHtml, mistakesOfText } from './passages.ts';
import { mistakesOfPicture } from './pictures.ts';
import { problemAt, type Placed } from './place.ts';
import type { Mistake, Problem } from './problem.ts';
import { mistakesOfIds } from './ids.ts';
import { strayScripts } from './stray-scripts.ts';
import type { PlacedMistake } from './tasks.ts';

export interface LessonParts {
  /** The lesson's, as problems name it. */
  folder: string;
  source: string;
  blocks: Blocks;
  beside: Beside;
  /** What reading the fences, tasks, quizzes and setup.sh found. */
  found: readonly PlacedMistake[];
}

/** All that is wrong with a lesson as far as its own folder tells, in the order of the text. */
export function problemsOfLesson({ folder, source, blocks, beside, found }: LessonParts): Problem[] {
  const { directives, headings, pictures, html, texts } = blocks;
  const each = <T extends Placed>(items: readonly T[], mistakesOf: (item: T, index: number) => Mistake[]) =>
    items.flatMap((from, index) => mistakesOf(from, index).map((mistake) => ({ ...mistake, from })));
  const mistakes: PlacedMistake[] = [
    ...found,
    ...each(directives, (directive) => mistakesOfDirective(directive, directives)),
    ...each(headings, (heading, index) => mistakesOfHeading(heading, headings[index - 1]?.depth ?? 1)),
    ...each(pictures, mistakesOfPicture),
    ...each(html, mistakesOfHtml),
    ...each(texts, mistakesOfText),
    ...mistakesOfIds(directives, headings),
    ...strayScripts(directives, beside),
  ];
  const problems = mistakes.map(({ from, file = 'index.md', ...mistake }) =>
    problemAt(`${folder}/${file}`, file === 'index.md' ? source : (beside.scripts.get(file) ?? ''), from, mistake),
  );
  return problems.sort(
    (a, b) => Number(a.file !== b.file) * (a.file < b.file ? -1 : 1) || a.line - b.line || a.column - b.column,
  );
}
