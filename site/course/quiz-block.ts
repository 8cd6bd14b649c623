import type { MdastNode } from 'satteri';
import type { Directive } from './directive.ts';
import { placeOf, type Placed } from './place.ts';

/** A `:::quiz`, as it is written: a question, then one list of answers. */
export interface QuizBlock {
  directive: Directive;
  /** Whether anything stands before the list. */
  question: boolean;
  answers: QuizAnswerBlock[];
  /** What does not belong: another list of answers, or anything after the list. */
  others: Placed[];
}

export interface QuizAnswerBlock extends Placed {
  /** `[x]`; undefined for an item without a box. */
  right: boolean | undefined;
  /** Whether the item begins with words. */
  worded: boolean;
  /** Markdown of all that follows the item's first paragraph; empty where nothing does. */
  explanation: string;
  /** Offsets in the file between which it stands. */
  explained: { from: number; to: number };
}

type Container = Extract<MdastNode, { type: 'containerDirective' | 'leafDirective' }>;
type Item = Extract<MdastNode, { type: 'listItem' }>;

export function quizBlockOf(node: Container, directive: Directive, source: string): QuizBlock {
  const children = node.children as MdastNode[];
  const list = children.findIndex((child) => child.type === 'list' && (child.children as Item[]).some(hasBox));
  if (list < 0) return { directive, question: children.length > 0, answers: [], others: [] };
  const items = (children[list] as Extract<MdastNode, { type: 'list' }>).children as Item[];
  return {
    directive,
    question: list > 0,
    answers: items.map((item) => answerOf(item, source)),
    others: children.slice(list + 1).map(placeOf),
  };
}

const BOX = /^\[[ xX]\]$/;

/** A box without words after it is no box to the Markdown parser, but it was meant as one. */
const hasBox = (item: Item) => typeof item.checked === 'boolean' || emptyBox(item) !== undefined;

function emptyBox(item: Item): string | undefined {
  const [first] = item.children as MdastNode[];
  if (first?.type !== 'paragraph' || first.children.length !== 1) return undefined;
  const [text] = first.children as MdastNode[];
  return text?.type === 'text' && BOX.test(text.value.trim()) ? text.value.trim() : undefined;
}

function answerOf(item: Item, source: string): QuizAnswerBlock {
  const [first, second] = item.children as MdastNode[];
  const empty = emptyBox(item);
  const end = item.position?.end.offset ?? 0;
  return {
    ...placeOf(item),
    right: item.checked ?? (empty === undefined ? undefined : empty.toLowerCase() === '[x]'),
    worded: first?.type === 'paragraph' && empty === undefined,
    explanation: second === undefined ? '' : dedented(source, second, item),
    explained: { from: second === undefined ? end : placeOf(second).offset, to: end },
  };
}

/** The source from `from` to the end of the item, without the item's indentation. */
function dedented(source: string, from: MdastNode, item: Item): string {
  const { column, offset } = placeOf(from);
  const text = source.slice(offset - column + 1, item.position?.end.offset);
  return text
    .split('\n')
    .map((row) => row.replace(new RegExp(`^[ \\t]{0,${column - 1}}`), ''))
    .join('\n')
    .trim();
}
