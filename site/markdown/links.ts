import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineHastPlugin, defineMdastPlugin } from 'satteri';
import { addressOf, readLink } from '../course/links.ts';

/** Links between lessons name files, as on GitHub; here they become addresses. */
export const links = defineMdastPlugin({
  name: 'slipway-links',
  link(node, context) {
    context.setProperty(node, 'url', addressIn(node.url, context.fileURL));
  },
  definition(node, context) {
    context.setProperty(node, 'url', addressIn(node.url, context.fileURL));
  },
});

function addressIn(url: string, file: URL | undefined): string {
  if (file === undefined) return url;
  const lesson = dirname(fileURLToPath(file));
  const read = readLink(url, basename(dirname(lesson)), basename(lesson));
  return 'target' in read ? addressOf(read.target) : url;
}

/** What leaves the site opens beside it, however the link is written: the lesson and its terminals stay where they are. */
export const outwardLinks = defineHastPlugin({
  name: 'slipway-outward-links',
  element: {
    filter: ['a'],
    visit(node, context) {
      if (!/^https?:/i.test(String(node.properties['href'] ?? ''))) return;
      context.setProperty(node, 'className', ['outward']);
      context.setProperty(node, 'target', '_blank');
      context.setProperty(node, 'rel', 'noopener noreferrer');
      context.appendChild(node, {
        type: 'element',
        tagName: 'span',
        properties: { className: ['visually-hidden'] },
        children: [{ type: 'text', value: ' (opens in a new tab)' }],
      });
    },
  },
});
