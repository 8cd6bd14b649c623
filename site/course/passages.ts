import type { Passage } from './blocks.ts';
import type { Mistake } from './problem.ts';

/** Elements whose Markdown form is checked and styled, and those that a lesson has no use for. */
const INSTEAD: Record<string, string> = {
  a: 'Write [text](address).',
  img: 'Write ![text alternative](file).',
  script: 'Remove it: a lesson has no scripts.',
  style: 'Remove it: a school’s colours are in school.yaml.',
  iframe: 'Write a link in its place.',
  details: 'Write :::details[title] … :::',
  h1: 'Write "## …".',
};

/** HTML in a lesson is for what Markdown has no mark for, such as <kbd>. */
export function mistakesOfHtml({ text }: Passage): Mistake[] {
  const marks = text.replaceAll(/<!--[^]*?(?:-->|$)/g, '');
  return [...marks.matchAll(/<(?<name>[a-z][a-z0-9-]*)/gi)].flatMap(({ groups }) => {
    const name = groups?.['name']?.toLowerCase() ?? '';
    const mend = Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
    if (mend === undefined) return [];
    return [{ what: `<${name}> in a lesson`, expected: 'Markdown, or HTML for what Markdown has no mark for', mend }];
  });
}

/** Whether a text is nothing but the end of a block. */
export const isEndOfNothing = ({ text }: Passage) => /^:{3,}$/.test(text.trim());

/** What was meant as a mark and came out as text. */
export function mistakesOfText({ text }: Passage): Mistake[] {
  const mistakes: Mistake[] = [];
  const marks = /^[ \t]*(?<marks>:{3,}.*)$/m.exec(text)?.groups?.['marks']?.trim();
  if (marks !== undefined) mistakes.push(/^:+$/.test(marks) ? endOfNothing(marks, text) : noOpening(marks));
  const [, reference] = /\[[^\][]+\]\[(?<reference>[^\][]+)\]/.exec(text) ?? [];
  if (reference !== undefined) {
    mistakes.push({
      what: `the link reference "[${reference}]" is defined nowhere`,
      expected: `a line "[${reference}]: address" in this lesson`,
      mend: 'Add it, or write [text](address).',
    });
  }
  return mistakes;
}

function endOfNothing(marks: string, text: string): Mistake {
  const alone = text.trim() === marks;
  return {
    word: marks,
    what: alone ? `"${marks}" ends nothing` : `"${marks}" is read as part of the paragraph above it`,
    expected: alone ? 'an opening line such as ":::note" above it' : 'the end of a block on a line of its own',
    mend: alone
      ? 'Remove it. Where a block holds another, give the outer one more colons at both ends.'
      : 'Leave an empty line above it, and indent it no further than the line that opens the block.',
  };
}

const noOpening = (marks: string): Mistake => ({
  word: marks,
  what: `"${marks}" opens nothing`,
  expected: 'colons, then directly a name, then directly what it takes in brackets and braces',
  mend: 'Write for example ":::note", on a line of its own with an empty line above it.',
});
