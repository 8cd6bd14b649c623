import { defineMdastPlugin, type MdastNode } from 'satteri';

/**
 * The lesson format has block directives only, but the parser reads `10:30`, `busybox:latest` and `sha256:abc` as text
 * directives and drops them. This puts the source back in their place.
 */
export const textDirectives = defineMdastPlugin({
  name: 'slipway-text-directives',
  options: { position: true },
  textDirective(node, context) {
    const { position, children } = node;
    if (position?.start.offset === undefined || position.end.offset === undefined) {
      throw new Error('The Markdown parser gave no positions: a text directive cannot be put back.');
    }
    const text = (from: number, to: number): MdastNode => ({ type: 'text', value: context.source.slice(from, to) });
    const first = children.at(0)?.position?.start.offset;
    const last = children.at(-1)?.position?.end.offset;
    if (first === undefined || last === undefined) return text(position.start.offset, position.end.offset);
    // A label in brackets may hold emphasis or code: its nodes stay, what stands around them comes back as text.
    context.replaceNode(node, [
      text(position.start.offset, first),
      ...(children as MdastNode[]),
      text(last, position.end.offset),
    ]);
    return undefined;
  },
});
