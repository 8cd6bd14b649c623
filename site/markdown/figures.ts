import { readFileSync } from 'node:fs';
import { defineMdastPlugin } from 'satteri';
import { isDrawing } from '../course/pictures.ts';
import { drawInPlace } from './drawing.ts';
import { labelOf } from './label.ts';

/** `:::figure[Caption]` around a paragraph of pictures; and every drawing becomes part of the page. */
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
    context.setProperty(node, 'data', { hName: 'figure', hProperties: { class: 'figure' } });
  },
  image(node, context) {
    if (!isDrawing(node.url) || context.fileURL === undefined) return;
    const source = readFileSync(new URL(node.url, context.fileURL), 'utf8');
    const { line = 0, column = 0 } = node.position?.start ?? {};
    context.replaceNode(node, { type: 'html', value: drawInPlace(source, node.alt ?? '', `figure-${line}-${column}`) });
  },
});
