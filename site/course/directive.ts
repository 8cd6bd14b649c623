import type { MdastNode } from 'satteri';
import { placeOf, type Placed } from './place.ts';

type ContainerDirective = Extract<MdastNode, { type: 'containerDirective' }>;
type LeafDirective = Extract<MdastNode, { type: 'leafDirective' }>;

/** `:::name[label]{key=value}` … `:::`, or `::name` on a line of its own. */
export interface Directive extends Placed {
  name: string;
  kind: 'container' | 'leaf';
  /** `#name` comes as `id`. */
  attributes: Readonly<Record<string, string>>;
  /** The text in brackets after the name; undefined where there are none. */
  label: string | undefined;
  /** Its last line, counted from 1. */
  end: number;
  /** How many colons it opens with. */
  colons: number;
  /** Whether a line of colons ends it. A leaf needs none. */
  closed: boolean;
  /** The directive that holds it. */
  inside: Directive | undefined;
  /** What stands on its opening line beyond name, label and attributes; nothing reads that. */
  rest: string;
  /** Types of its children, the label left out; a paragraph of pictures alone is `pictures`. */
  holds: readonly string[];
}

const OPENING = /^:+[\w-]+(?:\[.*?\](?=\{|\s|$))?(?:\{(?:"[^"\n]*"|'[^'\n]*'|[^}"'\n])*\})?(?<rest>.*)/;
const CLOSING = /\n[ \t>]*:{3,}[ \t]*$/;

/** Reads a parsed directive; `source` is the text that its positions count in. */
export function directiveOf(
  node: ContainerDirective | LeafDirective,
  inside: Directive | undefined,
  source: string,
): Directive {
  const kind = node.type === 'containerDirective' ? 'container' : 'leaf';
  const place = placeOf(node);
  const text = source.slice(place.offset, node.position?.end.offset);
  const [first, ...others] = node.children;
  const labelled = kind === 'container' && first?.type === 'paragraph' && first.data?.directiveLabel === true;
  const content = labelled ? others : node.children;
  return {
    name: node.name,
    kind,
    attributes: Object.fromEntries(
      Object.entries(node.attributes ?? {}).map(([key, value]) => [key, String(value ?? '')]),
    ),
    label: /^:+[\w-]+\[(?<label>.*?)\](?:\{|\s|$)/.exec(text)?.groups?.['label'],
    ...place,
    end: node.position?.end.line ?? place.line,
    colons: /^:+/.exec(text)?.[0].length ?? 0,
    closed: kind === 'leaf' || CLOSING.test(text.trimEnd()),
    inside,
    rest: OPENING.exec(text)?.groups?.['rest']?.trim() ?? '',
    holds: content.map(kindOf),
  };
}

function kindOf(node: MdastNode): string {
  const pictures =
    node.type === 'paragraph' &&
    node.children.every((child) => child.type === 'image' || (child.type === 'text' && child.value.trim() === ''));
  return pictures ? 'pictures' : node.type;
}
