import { markdownToMdast, type MdastNode } from 'satteri';
import { directiveOf, type Directive } from './directive.ts';

/** Markdown features of a lesson; the page's renderer and the readers of the source must agree on them. */
export const MARKDOWN_FEATURES = {
  gfm: true,
  directive: true,
  // Curly quotes beside commands are copied into shells.
  smartPunctuation: false,
} as const;

/** Lines are those of the file, counted from 1. */
interface Placed {
  line: number;
}

export interface FencedBlock extends Placed {
  language: string;
  /** What follows the language in the info string. */
  meta: string;
  /** The block's text, without a newline at its end. */
  text: string;
}

export interface Heading extends Placed {
  /** 1 to 6. */
  depth: number;
  /** As it is read, without marks. */
  text: string;
}

export interface Link extends Placed {
  url: string;
}

export interface Picture extends Placed {
  /** Empty for a picture by reference, `![alt][name]`. */
  url: string;
  /** The text alternative. */
  alt: string;
}

/** Text or HTML of the lesson that is neither code nor a block of its own. */
export interface Passage extends Placed {
  text: string;
}

/** The parts of a lesson's source that mean something beyond text, each kind in the order of the source. */
export interface Blocks {
  fences: FencedBlock[];
  directives: Directive[];
  headings: Heading[];
  links: Link[];
  pictures: Picture[];
  html: Passage[];
  texts: Passage[];
}

/** `source` is the whole file: the lines that come back are the author's. */
export function blocksOf(source: string): Blocks {
  const blocks: Blocks = { fences: [], directives: [], headings: [], links: [], pictures: [], html: [], texts: [] };
  collect(markdownToMdast(source, { features: MARKDOWN_FEATURES }), undefined, source, blocks);
  return blocks;
}

function collect(node: MdastNode, inside: Directive | undefined, source: string, blocks: Blocks): void {
  const line = node.position?.start.line ?? 1;
  let parent = inside;
  switch (node.type) {
    case 'code':
      // Indented code has no info string; it is text to look at, and comes out as a block in no language.
      blocks.fences.push({ language: node.lang ?? '', meta: node.meta ?? '', text: node.value, line });
      break;
    case 'containerDirective':
    case 'leafDirective':
      parent = directiveOf(node, inside, source);
      blocks.directives.push(parent);
      break;
    case 'heading':
      blocks.headings.push({ depth: node.depth, text: textOf(node), line });
      break;
    case 'link':
    case 'definition':
      blocks.links.push({ url: node.url, line });
      break;
    case 'image':
      blocks.pictures.push({ url: node.url, alt: node.alt ?? '', line });
      break;
    case 'imageReference':
      blocks.pictures.push({ url: '', alt: node.alt ?? '', line });
      break;
    case 'html':
      blocks.html.push({ text: node.value, line });
      break;
    case 'text':
      blocks.texts.push({ text: node.value, line });
      break;
    default:
  }
  if ('children' in node) for (const child of node.children) collect(child as MdastNode, parent, source, blocks);
}

function textOf(node: MdastNode): string {
  if ('children' in node) return node.children.map((child) => textOf(child as MdastNode)).join('');
  return 'value' in node ? node.value : '';
}
