import type { MdastNode } from 'satteri';
import type { Directive } from './directive.ts';
import { placeOf, type Placed } from './place.ts';

type Code = Extract<MdastNode, { type: 'code' }>;

/** A block of code. Its place is that of its opening marks. */
export interface FencedBlock extends Placed {
  language: string;
  /** What follows the language in the info string. */
  meta: string;
  /** The block's text, without a newline at its end. */
  text: string;
  /** The directive that it stands in. */
  inside: Directive | undefined;
  /** The lines of the file that are its text, counted from 1. Of an empty block `last` is `first - 1`. */
  first: number;
  last: number;
  /** What stands in the file before each line of its text: of a block in a list, spaces; of one in a quotation, `> `. */
  indent: string;
}

const CLOSING = /^[\s>]*(?:`{3,}|~{3,})[ \t]*$/;

/** `source` is the text that the node's positions count in. */
export function fencedBlockOf(node: Code, inside: Directive | undefined, source: string): FencedBlock {
  const place = placeOf(node);
  const { line, column, offset } = place;
  const { line: end = line, offset: endOffset = offset } = node.position?.end ?? {};
  const before = source.slice(offset - column + 1, offset);
  const rows = source.slice(offset, endOffset).trimEnd().split(/\r?\n/);
  // Indented code has no marks and no info string; it is text to look at, and comes out as a block in no language.
  const marked = /^(?:`{3,}|~{3,})/.test(rows[0] ?? '');
  const closed = rows.length > 1 && CLOSING.test(rows.at(-1) ?? '');
  return {
    language: node.lang ?? '',
    meta: node.meta ?? '',
    text: node.value,
    inside,
    ...place,
    first: marked ? line + 1 : line,
    last: marked && closed ? end - 1 : end,
    indent: before.replaceAll(/[^\s>]/g, ' '),
  };
}
