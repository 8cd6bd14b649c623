import type { MdastNode } from 'satteri';

type ContainerDirective = Extract<MdastNode, { type: 'containerDirective' }>;
type Paragraph = Extract<MdastNode, { type: 'paragraph' }>;

/** The paragraph that a directive’s `[label]` became, which is its first child. */
export function labelOf(node: Readonly<ContainerDirective>): Readonly<Paragraph> | undefined {
  const [first] = node.children;
  return first?.type === 'paragraph' && first.data?.directiveLabel === true ? first : undefined;
}
