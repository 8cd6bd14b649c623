import { markdownToMdast, type MdastNode } from 'satteri';

/** Markdown features of a lesson; the page's renderer and the readers of the source must agree on them. */
export const MARKDOWN_FEATURES = {
  gfm: true,
  directive: true,
  // Curly quotes beside commands are copied into shells.
  smartPunctuation: false,
} as const;

export interface FencedBlock {
  language: string;
  /** What follows the language in the info string. */
  meta: string;
  /** The block's text, without a newline at its end. */
  text: string;
  /** Line of the opening fence, counted from 1. */
  line: number;
}

export interface Directive {
  name: string;
  kind: 'container' | 'leaf';
  line: number;
}

/** The parts of a lesson's source that mean something beyond text, in order. */
export interface Blocks {
  fences: FencedBlock[];
  directives: Directive[];
}

/** `source` is the whole file: the lines that come back are the author's. */
export function blocksOf(source: string): Blocks {
  const blocks: Blocks = { fences: [], directives: [] };
  collect(markdownToMdast(source, { features: MARKDOWN_FEATURES }), blocks);
  return blocks;
}

function collect(node: MdastNode, blocks: Blocks): void {
  const line = node.position?.start.line ?? 1;
  if (node.type === 'code') {
    // Indented code has no info string; it is text to look at, and comes out as a block in no language.
    blocks.fences.push({ language: node.lang ?? '', meta: node.meta ?? '', text: node.value, line });
  } else if (node.type === 'containerDirective' || node.type === 'leafDirective') {
    const kind = node.type === 'containerDirective' ? 'container' : 'leaf';
    blocks.directives.push({ name: node.name, kind, line });
  }
  if ('children' in node) for (const child of node.children) collect(child as MdastNode, blocks);
}
