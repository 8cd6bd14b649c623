import { defineMdastPlugin } from 'satteri';
import type { ASIDES } from '../course/lesson.ts';

const TITLES: Record<(typeof ASIDES)[number], string> = { note: 'Note', tip: 'Tip', caution: 'Caution' };

const isAside = (name: string): name is keyof typeof TITLES => Object.hasOwn(TITLES, name);

/** `:::note`, `:::tip`, `:::caution` and `:::details`; `[…]` after the name is the title. */
export const directives = defineMdastPlugin({
  name: 'slipway-directives',
  containerDirective(node, context) {
    const [first] = node.children;
    const labelled = first?.type === 'paragraph' && first.data?.directiveLabel === true;
    if (node.name === 'details') {
      if (labelled) context.setProperty(first, 'data', { hName: 'summary' });
      else context.prependChild(node, { raw: `<summary>${escape(node.attributes?.['title'] ?? 'Details')}</summary>` });
      context.setProperty(node, 'data', { hName: 'details', hProperties: { class: 'details' } });
    } else if (isAside(node.name)) {
      const title = TITLES[node.name];
      if (labelled) context.setProperty(first, 'data', { hName: 'p', hProperties: { class: 'aside-title' } });
      else context.prependChild(node, { raw: `<p class="aside-title">${title}</p>` });
      context.setProperty(node, 'data', {
        hName: 'aside',
        hProperties: { class: `aside aside-${node.name}`, 'aria-label': title },
      });
    }
  },
});

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
