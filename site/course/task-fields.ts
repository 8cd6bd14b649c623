/** What a task, an ask or a quiz says of itself in braces. */
import type { Directive } from './directive.ts';
import { isName, MAX_NAME_LENGTH } from './names.ts';
import { nearest, type Mistake } from './problem.ts';

export interface TaskFields {
  id: string;
  title: string;
  needs: string[];
  mistakes: Mistake[];
}

/** `tasks` are all of the lesson, in the order of the text; this one is at `index`. */
export function fieldsOf(directive: Directive, index: number, tasks: readonly Directive[]): TaskFields {
  const { attributes } = directive;
  const title = attributes['title']?.trim() ?? '';
  const needs = needsOf(directive);
  // What could not be read may be what is missing.
  if (directive.rest !== '') return { id: idOf(directive), title, needs: [], mistakes: [] };
  const mistakes = mistakesOfId(directive);
  if (title === '' && directive.label === undefined) mistakes.push(noTitle(directive));
  for (const [place, need] of needs.entries()) {
    if (needs.indexOf(need) < place) mistakes.push(needTwice(need));
    else if (!tasks.slice(0, index).some((task) => idOf(task) === need)) mistakes.push(badNeed(need, index, tasks));
  }
  return { id: idOf(directive), title, needs, mistakes };
}

const idOf = ({ attributes }: Directive) => attributes['id'] ?? '';

const needsOf = ({ attributes }: Directive) =>
  (attributes['needs'] ?? '').split(/[\s,]+/).filter((need) => need !== '');

/** The way by needs from one task to another, both included; undefined where none leads there. */
function circleFrom(
  from: string,
  to: string,
  tasks: readonly Directive[],
  seen: readonly string[] = [],
): string[] | undefined {
  if (from === to) return [to];
  if (seen.includes(from)) return undefined;
  const next = tasks.filter((task) => idOf(task) === from).flatMap(needsOf);
  for (const need of next) {
    const way = circleFrom(need, to, tasks, [...seen, from]);
    if (way) return [from, ...way];
  }
  return undefined;
}

export function mistakesOfId({ name, attributes }: Directive): Mistake[] {
  const id = attributes['id'];
  if (id === undefined) {
    return [
      {
        what: `":::${name}" has no id`,
        expected: 'a name after a # in braces, by which progress is kept: it stays when the text changes',
        mend: `Write for example :::${name}{#first-steps${name === 'quiz' ? '' : ' title="First steps"'}}.`,
      },
    ];
  }
  if (isName(id)) return [];
  return [
    {
      word: id,
      what: `"${id}" cannot be an id`,
      expected: `lower-case letters, digits and hyphens, at most ${MAX_NAME_LENGTH}`,
      mend: `Write "#${slugOf(id)}".`,
    },
  ];
}

const slugOf = (id: string) =>
  id
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, MAX_NAME_LENGTH) || 'first-steps';

const noTitle = ({ name, attributes }: Directive): Mistake => ({
  what: `":::${name}" has no title`,
  expected: 'title="…" in braces: what is to be done, in a few words',
  mend: `Write for example :::${name}{#${attributes['id'] ?? 'first-steps'} title="Build it"}.`,
});

const needTwice = (need: string): Mistake => ({
  word: 'needs',
  what: `"needs" names "${need}" twice`,
  expected: 'each task once',
  mend: 'Remove one of the two.',
});

function badNeed(need: string, index: number, tasks: readonly Directive[]): Mistake {
  const ids = tasks.map(idOf);
  const expected = index === 0 ? 'nothing: no task stands above this one' : `out of ${ids.slice(0, index).join(', ')}`;
  if (need === ids[index]) {
    return { word: 'needs', what: `"${need}" needs itself`, expected, mend: `Remove "${need}" from "needs".` };
  }
  if (ids.includes(need)) {
    const circle = circleFrom(need, ids[index]!, tasks);
    const way = circle && [ids[index], ...circle].map((id) => `"${id}"`).join(' needs ');
    const what = way ? `a circle: ${way}` : `"${ids[index]}" needs "${need}", which stands below it`;
    return { word: 'needs', what, expected, mend: `Move "${need}" above it, or remove it from "needs".` };
  }
  const meant = nearest(need, ids.slice(0, index));
  const mend = meant === undefined ? `Remove "${need}" from "needs".` : `Write "${meant}".`;
  return { word: 'needs', what: `there is no task "${need}"`, expected, mend };
}
