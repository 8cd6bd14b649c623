import type { Heading } from './blocks.ts';
import type { Directive } from './directive.ts';
import { anchorsOf } from './headings.ts';
import type { PlacedMistake } from './task-parts.ts';

/** Ids that are there already: each of a lesson's tasks, quizzes and headings has an address of its own on the page. */
export function mistakesOfIds(directives: readonly Directive[], headings: readonly Heading[]): PlacedMistake[] {
  const anchors = anchorsOf(headings);
  const first = new Map(headings.map((heading, index) => [anchors[index]!, { what: 'heading', line: heading.line }]));
  const mistakes: PlacedMistake[] = [];
  for (const directive of directives) {
    const { id } = directive.attributes;
    if (id === undefined) continue;
    const other = first.get(id);
    if (other === undefined) {
      first.set(id, { what: directive.name, line: directive.line });
      continue;
    }
    mistakes.push({
      from: directive,
      word: id,
      what: `the id "${id}" is taken: the ${other.what} in line ${other.line} has it`,
      expected: 'an id that no task, quiz or heading of the lesson has',
      mend: `Write for example "#${id}-${directive.name === 'quiz' ? 'quiz' : 'it'}".`,
    });
  }
  return mistakes;
}
