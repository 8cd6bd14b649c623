import { defineHastPlugin, defineMdastPlugin, markdownToHtml } from 'satteri';
import { MARKDOWN_FEATURES, type Definition } from './blocks.ts';
import { addressOf, readLink } from './links.ts';

/** Without directives: `10:30` is text, and blocks with a name are refused in a quiz before. */
const FEATURES = { ...MARKDOWN_FEATURES, directive: false };

/** HTML of an answer's explanation. It is not in the page: the server sends it to whoever chose the answer. */
export function explanationOf(
  markdown: string,
  definitions: readonly Definition[],
  course: string,
  lesson: string,
): string {
  if (markdown === '') return '';
  const source = [markdown, ...definitions.map(({ text }) => text)].join('\n\n');
  const links = defineMdastPlugin({
    name: 'slipway-explanation-links',
    link(node, context) {
      const read = readLink(node.url, course, lesson);
      if ('target' in read) context.setProperty(node, 'url', addressOf(read.target));
    },
    definition(node, context) {
      const read = readLink(node.url, course, lesson);
      if ('target' in read) context.setProperty(node, 'url', addressOf(read.target));
    },
  });
  const { html } = markdownToHtml(source, { features: FEATURES, mdastPlugins: [links], hastPlugins: [outward] });
  return html.trim();
}

/** As in the page: what leaves the site opens beside it. */
const outward = defineHastPlugin({
  name: 'slipway-explanation-outward-links',
  element: {
    filter: ['a'],
    visit(node, context) {
      if (!/^https?:/i.test(String(node.properties['href'] ?? ''))) return;
      context.setProperty(node, 'target', '_blank');
      context.setProperty(node, 'rel', 'noopener noreferrer');
    },
  },
});
