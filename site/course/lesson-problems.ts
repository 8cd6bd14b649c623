import type { Beside } from './beside.ts';
import type { Blocks, Passage } from './blocks.ts';
import type { Directive } from './directive.ts';
import { isWithin } from './directive-shapes.ts';
import { mistakesOfDirective } from './directives.ts';
import { mistakesOfHeading } from './headings.ts';
import { isEndOfNothing, mistakesOfHtml, mistakesOfText } from './passages.ts';
import { mistakesOfPicture } from './pictures.ts';
import { problemAt, START, type Placed } from './place.ts';
import type { Mistake, Problem } from './problem.ts';
import { mistakesOfIds } from './ids.ts';
import { strayScripts } from './stray-scripts.ts';
import type { PlacedMistake } from './task-parts.ts';

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
    ...each(withoutLostEnds(texts, directives), mistakesOfText),
    ...mistakesOfIds(directives, headings),
    ...strayScripts(directives, beside),
    ...(beside.files?.mistakes ?? []).map((mistake) => ({ from: START, ...mistake })),
  ];
  const problems = mistakes.map(({ from, file = 'index.md', ...mistake }) =>
    problemAt(`${folder}/${file}`, file === 'index.md' ? source : (beside.scripts.get(file) ?? ''), from, mistake),
  );
  return problems.sort(
    (a, b) => Number(a.file !== b.file) * (a.file < b.file ? -1 : 1) || a.line - b.line || a.column - b.column,
  );
}

/** A block with too few colons is ended by the inner one's end, and its own end is left over: that is one mistake. */
function withoutLostEnds(texts: readonly Passage[], directives: readonly Directive[]): Passage[] {
  const lost = directives.filter((directive) => !isWithin(directive)).map(({ offset }) => offset);
  return texts.filter((text) => {
    if (!isEndOfNothing(text) || lost[0] === undefined || text.offset < lost[0]) return true;
    lost.shift();
    return false;
  });
}
