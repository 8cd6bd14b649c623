import { readFileSync } from 'node:fs';
import { defineMdastPlugin } from 'satteri';
import { isDrawing } from '../course/pictures.ts';
import { drawInPlace } from './drawing.ts';
import { labelOf } from './label.ts';

/** Room for what is said of a live figure, so that nothing moves when it is. */
const STATE = '<p class="figure-state"></p>';

/**
 * `:::figure[Caption]` around a paragraph of pictures; and every drawing becomes part of the page. Of one that is `live` a
 * script takes the place of the pictures (workspace/live-figure.ts).
 */
export const figures = defineMdastPlugin({
  name: 'slipway-figures',
  options: { position: true },
  containerDirective(node, context) {
    if (node.name !== 'figure') return;
    const label = labelOf(node);
    for (const child of node.children) {
      if (child !== label)
        context.setProperty(child, 'data', { hName: 'div', hProperties: { class: 'figure-pictures' } });
    }
    if (label) context.setProperty(label, 'data', { hName: 'figcaption' });
    const live = node.attributes?.['live'] !== undefined;
    if (live) context.appendChild(node, { raw: STATE });
    context.setProperty(node, 'data', {
      hName: 'figure',
      hProperties: { class: live ? 'figure figure-live' : 'figure' },
    });
  },
  image(node, context) {
    if (!isDrawing(node.url) || context.fileURL === undefined) return;
    const source = readFileSync(new URL(node.url, context.fileURL), 'utf8');
    const { line = 0, column = 0 } = node.position?.start ?? {};
    context.replaceNode(node, { type: 'html', value: drawInPlace(source, node.alt ?? '', `figure-${line}-${column}`) });
  },
});
