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

/** `ids` are those of all tasks, in the order of the text; this one is at `index`. */
export function fieldsOf(directive: Directive, index: number, ids: readonly string[]): TaskFields {
  const { attributes } = directive;
  const title = attributes['title']?.trim() ?? '';
  const needs = (attributes['needs'] ?? '').split(/[\s,]+/).filter((need) => need !== '');
  // What could not be read may be what is missing.
  if (directive.rest !== '') return { id: attributes['id'] ?? '', title, needs: [], mistakes: [] };
  const mistakes = mistakesOfId(directive);
  if (title === '') mistakes.push(noTitle(directive));
  for (const [place, need] of needs.entries()) {
    if (needs.indexOf(need) < place) mistakes.push(needTwice(need));
    else if (!ids.slice(0, index).includes(need)) mistakes.push(badNeed(need, index, ids));
  }
  return { id: attributes['id'] ?? '', title, needs, mistakes };
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

function badNeed(need: string, index: number, ids: readonly string[]): Mistake {
  const expected = index === 0 ? 'nothing: no task stands above this one' : `out of ${ids.slice(0, index).join(', ')}`;
  if (need === ids[index]) {
    return { word: 'needs', what: `"${need}" needs itself`, expected, mend: `Remove "${need}" from "needs".` };
  }
  if (ids.includes(need)) {
    const what = `"${ids[index]}" needs "${need}", which stands below it`;
    return { word: 'needs', what, expected, mend: `Move "${need}" above it, or remove it from "needs".` };
  }
  const meant = nearest(need, ids.slice(0, index));
  const mend = meant === undefined ? `Remove "${need}" from "needs".` : `Write "${meant}".`;
  return { word: 'needs', what: `there is no task "${need}"`, expected, mend };
}
