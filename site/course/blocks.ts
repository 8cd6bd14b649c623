import { markdownToMdast, type MdastNode } from 'satteri';
import { directiveOf, type Directive } from './directive.ts';
import { fencedBlockOf, type FencedBlock } from './fenced-block.ts';
import { placeOf, type Placed } from './place.ts';
import { quizBlockOf, type QuizBlock } from './quiz-block.ts';

/** Markdown features of a lesson; the page's renderer and the readers of the source must agree on them. */
export const MARKDOWN_FEATURES = {
  gfm: true,
  directive: true,
  // Curly quotes beside commands are copied into shells.
  smartPunctuation: false,
} as const;

export interface Heading extends Placed {
  /** 1 to 6. */
  depth: number;
  /** As it is read, without marks. */
  text: string;
  inside: Directive | undefined;
}

export interface Link extends Placed {
  url: string;
}

/** `[name]: address`, as it is written. */
export interface Definition extends Placed {
  text: string;
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
  quizzes: QuizBlock[];
  headings: Heading[];
  links: Link[];
  definitions: Definition[];
  pictures: Picture[];
  html: Passage[];
  texts: Passage[];
}

/** `source` is the whole file: the places that come back are the author's. */
export function blocksOf(source: string): Blocks {
  const blocks: Blocks = {
    fences: [],
    directives: [],
    quizzes: [],
    headings: [],
    links: [],
    definitions: [],
    pictures: [],
    html: [],
    texts: [],
  };
  collect(markdownToMdast(source, { features: MARKDOWN_FEATURES }), undefined, source, blocks);
  return blocks;
}

function collect(node: MdastNode, inside: Directive | undefined, source: string, blocks: Blocks): void {
  const place = placeOf(node);
  let parent = inside;
  switch (node.type) {
    case 'code':
      blocks.fences.push(fencedBlockOf(node, inside, source));
      break;
    case 'containerDirective':
    case 'leafDirective':
      parent = directiveOf(node, inside, source);
      blocks.directives.push(parent);
      if (parent.name === 'quiz') blocks.quizzes.push(quizBlockOf(node, parent, source));
      break;
    case 'heading':
      blocks.headings.push({ ...place, depth: node.depth, text: textOf(node), inside });
      break;
    case 'link':
      blocks.links.push({ ...place, url: node.url });
      break;
    case 'definition':
      blocks.links.push({ ...place, url: node.url });
      blocks.definitions.push({ ...place, text: source.slice(place.offset, node.position?.end.offset) });
      break;
    case 'image':
      blocks.pictures.push({ ...place, url: node.url, alt: node.alt ?? '' });
      break;
    case 'imageReference':
      blocks.pictures.push({ ...place, url: '', alt: node.alt ?? '' });
      break;
    case 'html':
      blocks.html.push({ ...place, text: node.value });
      break;
    case 'text':
      blocks.texts.push({ ...place, text: node.value });
      break;
    default:
  }
  if ('children' in node) for (const child of node.children) collect(child as MdastNode, parent, source, blocks);
}

function textOf(node: MdastNode): string {
  if ('children' in node) return node.children.map((child) => textOf(child as MdastNode)).join('');
  return 'value' in node ? node.value : '';
}
