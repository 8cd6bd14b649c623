import type { Directive } from './directive.ts';
import { DIRECTIVES, isWithin, type Shape } from './directive-shapes.ts';
import { nearest, type Mistake } from './problem.ts';

const NAMES = Object.keys(DIRECTIVES);

/** What is wrong with a directive among `all` of its lesson. */
export function mistakesOfDirective(directive: Directive, all: readonly Directive[]): Mistake[] {
  const { name, kind, inside } = directive;
  const shape = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined;
  if (shape === undefined || kind === 'leaf') return [unknown(directive)];
  const mistakes: Mistake[] = [];
  // What it stands in then says nothing about what the author meant.
  const within = isWithin(directive) ? inside : undefined;
  if (within !== inside) mistakes.push(tooFewColons(directive, inside!));
  else if (!directive.closed) mistakes.push(notClosed(directive));
  if (directive.rest !== '') mistakes.push(unread(directive));
  for (const key of Object.keys(directive.attributes)) {
    if (!shape.attributes?.includes(key)) mistakes.push(unknownAttribute(directive, key, shape));
  }
  for (const key of shape.bare ?? []) {
    if (directive.attributes[key]) mistakes.push(value(directive, key));
  }
  for (const key of shape.once ?? []) {
    const first = all.find((other) => other.name === name && key in other.attributes);
    if (key in directive.attributes && first !== directive) mistakes.push(again(directive, key, first!));
  }
  if (shape.inside !== undefined && !shape.inside.includes(within?.name ?? '') && within === inside) {
    mistakes.push(outside(directive, shape.inside));
  }
  if (shape.alone && within !== undefined) mistakes.push(notAlone(directive, within));
  if (shape.unlabelled && directive.label !== undefined) mistakes.push(label(directive, shape));
  if (shape.label !== undefined && !directive.label?.trim()) mistakes.push(noLabel(directive, shape.label));
  if (shape.holds?.only(directive, all) === false) mistakes.push(wrongContent(directive, shape.holds));
  return mistakes;
}

const opening = ({ name, colons }: Directive) => `${':'.repeat(colons)}${name}`;

function unknown(directive: Directive): Mistake {
  const meant = nearest(directive.name, NAMES);
  const what = `unknown directive "${opening(directive)}"`;
  const expected = `one of ${NAMES.map((known) => `:::${known}`).join(', ')}`;
  if (meant === undefined) return { what, expected, mend: `Remove "${opening(directive)}".` };
  const end = directive.kind === 'leaf' ? ', and ":::" on a line of its own where it ends' : '';
  return { what, expected, mend: `Write ":::${meant}"${end}.` };
}

const unread = (directive: Directive): Mistake => ({
  word: directive.rest,
  what: `"${directive.rest}" cannot be read`,
  expected: 'braces directly after the name, closed in the same line, with values in quotes where they hold spaces',
  mend: `Write for example ${opening(directive)}{#name title="A title"}.`,
});

const tooFewColons = (directive: Directive, inside: Directive): Mistake => ({
  what: `"${opening(directive)}" stands in "${opening(inside)}", which its end closes too`,
  expected: 'more colons on a block than on the blocks that it holds',
  mend: `Begin and end the outer block, in line ${inside.line}, with ${':'.repeat(directive.colons + 1)}`,
});

const notClosed = (directive: Directive): Mistake => ({
  what: `"${opening(directive)}" has no end`,
  expected: `a line "${':'.repeat(directive.colons)}" where the block ends`,
  mend: 'Add it.',
});

function unknownAttribute(directive: Directive, key: string, { attributes = [] }: Shape): Mistake {
  const meant = nearest(key, attributes);
  return {
    word: key === 'id' ? '#' : key === 'class' ? '.' : key,
    what: `"${opening(directive)}" takes no "${key}"`,
    expected: attributes.length === 0 ? 'no attributes in braces' : `attributes out of ${attributes.join(', ')}`,
    mend: meant === undefined ? `Remove "${key}".` : `Write "${meant}".`,
  };
}

const value = (directive: Directive, key: string): Mistake => ({
  word: key,
  what: `"${key}" of "${opening(directive)}" takes no value`,
  expected: 'the word alone, or not at all',
  mend: `Write {${key}}.`,
});

const again = (directive: Directive, key: string, first: Directive): Mistake => ({
  word: key,
  what: `a second "${opening(directive)}" that is "${key}"`,
  expected: 'one in a lesson',
  mend: `Remove "${key}" here, or in line ${first.line}.`,
});

function outside(directive: Directive, names: readonly string[]): Mistake {
  const blocks = names.map((name) => `"::::${name}"`).join(' or ');
  return {
    what: `"${opening(directive)}" stands outside of ${blocks}`,
    expected: `${blocks} directly around it, with more colons than it has`,
    mend: `Write "::::${names[0]}" above the first and "::::" below the last.`,
  };
}

const notAlone = (directive: Directive, inside: Directive): Mistake => ({
  what: `"${opening(directive)}" stands in "${opening(inside)}"`,
  expected: `${directive.name === 'quiz' ? 'a quiz' : 'a task'} in no other block`,
  mend: `Move it out of the block that begins in line ${inside.line}.`,
});

const label = (directive: Directive, { attributes = [] }: Shape): Mistake => ({
  what: `"${opening(directive)}" takes no label in square brackets`,
  expected: attributes.length === 0 ? 'the name alone' : `what it is in braces: ${attributes.join(', ')}`,
  mend: attributes.includes('title')
    ? `Write ${opening(directive)}{#${directive.attributes['id'] ?? 'name'} title="${directive.label}"}.`
    : `Remove "[${directive.label}]".`,
});

const noLabel = (directive: Directive, label: string): Mistake => ({
  what: `"${opening(directive)}" has no label`,
  expected: `in square brackets after the name: ${label}`,
  mend: `Write for example "${opening(directive)}[Debian]".`,
});

const wrongContent = (directive: Directive, { words, example }: NonNullable<Shape['holds']>): Mistake => ({
  what: `"${opening(directive)}" holds something else than it may`,
  expected: words,
  mend: `Write for example:\n${example}`,
});
