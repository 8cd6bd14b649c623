import { defineMdastPlugin } from 'satteri';
import type { ASIDES } from '../course/directive-shapes.ts';
import { labelOf } from './label.ts';
import { escapeHtml } from './html.ts';

const TITLES: Record<(typeof ASIDES)[number], string> = { note: 'Note', tip: 'Tip', caution: 'Caution' };

const isAside = (name: string): name is keyof typeof TITLES => Object.hasOwn(TITLES, name);

/** `:::note`, `:::tip`, `:::caution` and `:::details`; `[…]` after the name is the title. */
export const asides = defineMdastPlugin({
  name: 'slipway-asides',
  containerDirective(node, context) {
    const label = labelOf(node);
    if (node.name === 'details') {
      const title = node.attributes?.['title'] ?? 'Details';
      if (label) context.setProperty(label, 'data', { hName: 'summary' });
      else context.prependChild(node, { raw: `<summary>${escapeHtml(title)}</summary>` });
      context.setProperty(node, 'data', { hName: 'details', hProperties: { class: 'details' } });
    } else if (isAside(node.name)) {
      const title = TITLES[node.name];
      if (label) context.setProperty(label, 'data', { hName: 'p', hProperties: { class: 'aside-title' } });
      else context.prependChild(node, { raw: `<p class="aside-title">${title}</p>` });
      context.setProperty(node, 'data', {
        hName: 'aside',
        hProperties: { class: `aside aside-${node.name}`, 'aria-label': title },
      });
    }
  },
});
