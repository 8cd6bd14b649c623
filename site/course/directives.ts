import type { Directive } from './directive.ts';
import { nearest, type Mistake } from './problem.ts';

/** Kinds of asides. */
export const ASIDES = ['note', 'tip', 'caution'] as const;

interface Shape {
  /** The attributes that it takes, in braces. */
  attributes?: readonly string[];
  /** What its label is for, where it must have one. */
  label?: string;
  /** Whether it may have a label; where not said it may. */
  unlabelled?: true;
  /** The directives of which it must stand in one. */
  inside?: readonly string[];
  /** It stands in no other block. */
  alone?: true;
  /** What it may hold, and the words for that. */
  holds?: { only: (directive: Directive, all: readonly Directive[]) => boolean; words: string; example: string };
}

const SHAPES: Record<string, Shape> = {
  ...Object.fromEntries(ASIDES.map((name) => [name, {}])),
  details: { attributes: ['title'] },
  tabs: {
    holds: {
      only: (tabs, all) =>
        tabs.holds.length > 1 &&
        tabs.holds.every((type) => type === 'containerDirective') &&
        all.filter(({ inside }) => inside === tabs).every(({ name }) => name === 'tab'),
      words: 'two or more :::tab blocks, and nothing else',
      example: '::::tabs\n:::tab[Debian]\n…\n:::\n:::tab[Fedora]\n…\n:::\n::::',
    },
  },
  tab: { label: 'what stands on the tab', inside: ['tabs'] },
  figure: {
    holds: {
      only: ({ holds }) => holds.length === 1 && holds[0] === 'pictures',
      words: 'one paragraph of pictures, and nothing else',
      example: ':::figure[What the picture shows.]\n![What somebody who cannot see it should know.](picture.svg)\n:::',
    },
  },
  task: { attributes: ['id', 'title', 'needs'], unlabelled: true, alone: true },
  ask: { attributes: ['id', 'title', 'needs'], unlabelled: true, alone: true },
  hint: { unlabelled: true, inside: ['task', 'ask'] },
  quiz: {
    attributes: ['id'],
    unlabelled: true,
    alone: true,
    holds: {
      only: (quiz, all) => all.every((other) => other.inside !== quiz || !isWithin(other)),
      words: 'a question and answers, and no other block with a name',
      example: ':::quiz{#kernel}\nWhat do containers share?\n\n- [x] The kernel.\n- [ ] Their files.\n:::',
    },
  },
};

const NAMES = Object.keys(SHAPES);

/** What is wrong with a directive among `all` of its lesson. */
export function mistakesOfDirective(directive: Directive, all: readonly Directive[]): Mistake[] {
  const { name, kind, inside } = directive;
  const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
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
  if (shape.inside !== undefined && !shape.inside.includes(within?.name ?? '') && within === inside) {
    mistakes.push(outside(directive, shape.inside));
  }
  if (shape.alone && within !== undefined) mistakes.push(notAlone(directive, within));
  if (shape.unlabelled && directive.label !== undefined) mistakes.push(label(directive, shape));
  if (shape.label !== undefined && !directive.label?.trim()) mistakes.push(noLabel(directive, shape.label));
  if (shape.holds?.only(directive, all) === false) mistakes.push(wrongContent(directive, shape.holds));
  return mistakes;
}

/** Whether a block can stand in the one that it is read as part of; else that one's end was taken for its own. */
export const isWithin = ({ colons, inside }: Directive) => inside === undefined || inside.colons > colons;

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
