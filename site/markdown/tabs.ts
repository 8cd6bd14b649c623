import { defineMdastPlugin } from 'satteri';
import { escapeHtml } from './html.ts';
import { labelOf } from './label.ts';

/**
 * `::::tabs` around `:::tab[Label]` blocks: `<slipway-tabs>` with a bar of buttons and all panels, each below its label.
 * The bar is in the page from the start, so that nothing moves when the script arrives; without script the labels stand
 * in its place.
 */
export const tabs = defineMdastPlugin({
  name: 'slipway-tabs',
  options: { position: true },
  containerDirective(node, context) {
    if (node.name !== 'tabs') return;
    const id = (index: number) => `tabs-${node.position?.start.line}-${index + 1}`;
    const buttons: string[] = [];
    for (const [index, tab] of node.children.entries()) {
      const label = tab.type === 'containerDirective' ? labelOf(tab) : undefined;
      if (!label) continue;
      const first = index === 0;
      const attributes = `id="${id(index)}-tab" aria-controls="${id(index)}" aria-selected="${first}" tabindex="${first ? 0 : -1}"`;
      buttons.push(`<button type="button" role="tab" ${attributes}>${escapeHtml(context.textContent(label))}</button>`);
      context.setProperty(label, 'data', { hName: 'p', hProperties: { class: 'tabs-label' } });
      context.setProperty(tab, 'data', {
        hName: 'section',
        hProperties: {
          id: id(index),
          class: 'tabs-panel',
          role: 'tabpanel',
          'aria-labelledby': `${id(index)}-tab`,
          ...(first && { 'data-active': '' }),
        },
      });
    }
    context.prependChild(node, {
      raw: `<div class="tabs-bar" role="tablist" aria-label="Variants">${buttons.join('')}</div>`,
    });
    context.setProperty(node, 'data', { hName: 'slipway-tabs' });
  },
});
