/** The blocks with a name that a lesson may have, and what each takes and holds. docs/format.md shows them. */
import type { Directive } from './directive.ts';

/** Kinds of asides. */
export const ASIDES = ['note', 'tip', 'caution'] as const;

export interface Shape {
  /** As it is written, and what it is: for authors. */
  form: string;
  doc: string;
  /** The attributes that it takes, in braces; `#name` is `id`. */
  attributes?: readonly string[];
  /** Attributes that take no value, and those that one block of a lesson may have. */
  bare?: readonly string[];
  once?: readonly string[];
  /** What its label is for, where it must have one. */
  label?: string;
  /** It must not have a label. */
  unlabelled?: true;
  /** The directives of which it must stand in one. */
  inside?: readonly string[];
  /** It stands in no other block. */
  alone?: true;
  /** What it may hold, and the words for that. */
  holds?: { only: (directive: Directive, all: readonly Directive[]) => boolean; words: string; example: string };
}

/** Every block with a name. */
export const DIRECTIVES: Readonly<Record<string, Shape>> = {
  note: { form: ':::note[Title]', doc: 'an aside; the title may be left out, as with the next two' },
  tip: { form: ':::tip[Title]', doc: 'an aside that helps' },
  caution: { form: ':::caution[Title]', doc: 'an aside that warns' },
  details: {
    form: ':::details[Title]',
    doc: 'folded away until somebody opens it; `{title="…"}` gives the title too',
    attributes: ['title'],
  },
  tabs: {
    form: '::::tabs',
    doc: 'two or more `:::tab`, of which one is seen',
    holds: {
      only: (tabs, all) =>
        tabs.holds.length > 1 &&
        tabs.holds.every((type) => type === 'containerDirective') &&
        all.filter(({ inside }) => inside === tabs).every(({ name }) => name === 'tab'),
      words: 'two or more :::tab blocks, and nothing else',
      example: '::::tabs\n:::tab[Debian]\n…\n:::\n:::tab[Fedora]\n…\n:::\n::::',
    },
  },
  tab: { form: ':::tab[Label]', doc: 'one of them', label: 'what stands on the tab', inside: ['tabs'] },
  figure: {
    form: ':::figure[Caption]{live}',
    doc: 'pictures with a caption, which may be left out; with `live`, the learner’s sandbox takes their place',
    attributes: ['live'],
    bare: ['live'],
    once: ['live'],
    holds: {
      only: ({ holds }) => holds.length === 1 && holds[0] === 'pictures',
      words: 'one paragraph of pictures, and nothing else',
      example: ':::figure[What the picture shows.]\n![What somebody who cannot see it should know.](picture.svg)\n:::',
    },
  },
  task: {
    form: ':::task{#id title="…" needs="…"}',
    doc: 'something to do, which a check finds done',
    attributes: ['id', 'title', 'needs'],
    unlabelled: true,
    alone: true,
  },
  ask: {
    form: ':::ask{#id title="…" needs="…"}',
    doc: 'something to find out: the learner types the answer',
    attributes: ['id', 'title', 'needs'],
    unlabelled: true,
    alone: true,
  },
  hint: {
    form: ':::hint',
    doc: 'a rung of a task’s or ask’s ladder of hints',
    unlabelled: true,
    inside: ['task', 'ask'],
  },
  quiz: {
    form: ':::quiz{#id}',
    doc: 'a question with answers to choose from',
    attributes: ['id'],
    unlabelled: true,
    alone: true,
    holds: {
      only: (quiz, all) => all.every((other) => other.inside !== quiz || !isWithin(other)),
      words: 'a question and answers, and no other block with a name',
      example: ':::quiz{#kernel}\nWhat do containers share?\n\n- [x] The kernel.\n- [ ] Their files.\n\n:::',
    },
  },
};

/** Whether a block can stand in the one that it is read as part of; else that one's end was taken for its own. */
export const isWithin = ({ colons, inside }: Directive) => inside === undefined || inside.colons > colons;
