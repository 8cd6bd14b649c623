import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineMdastPlugin } from 'satteri';
import { addressOf, readLink } from '../course/links.ts';

/**
 * Links between lessons name files, as on GitHub; here they become addresses. What leaves the site opens beside it: the
 * lesson and its terminals stay where they are.
 */
export const links = defineMdastPlugin({
  name: 'slipway-links',
  link(node, context) {
    const url = addressIn(node.url, context.fileURL);
    if (url !== node.url) context.setProperty(node, 'url', url);
    if (!/^https?:/i.test(url)) return;
    const hProperties = { class: 'outward', target: '_blank', rel: 'noopener noreferrer' };
    context.setProperty(node, 'data', { hProperties });
    context.appendChild(node, { type: 'html', value: '<span class="visually-hidden"> (opens in a new tab)</span>' });
  },
  definition(node, context) {
    const url = addressIn(node.url, context.fileURL);
    if (url !== node.url) context.setProperty(node, 'url', url);
  },
});

function addressIn(url: string, file: URL | undefined): string {
  if (file === undefined) return url;
  const lesson = dirname(fileURLToPath(file));
  const read = readLink(url, basename(dirname(lesson)), basename(lesson));
  return 'target' in read ? addressOf(read.target) : url;
}
