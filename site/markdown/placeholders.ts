import { definePlugin, ExpressiveCodeAnnotation, type AnnotationRenderOptions } from 'astro-expressive-code';
import { h } from 'astro-expressive-code/hast';

/** `<name>` for any word, and a line `...` for any lines: what differs from one run to the next. */
const PLACEHOLDER = /<[a-z][a-z0-9-]*>|^\s*\.\.\.\s*$/g;

class Placeholder extends ExpressiveCodeAnnotation {
  render({ nodesToTransform }: AnnotationRenderOptions) {
    return nodesToTransform.map((node) => h('span.placeholder', node));
  }
}

/** An Expressive Code plugin: in `output` blocks, placeholders look like what they are. */
export const placeholders = definePlugin({
  name: 'slipway-placeholders',
  hooks: {
    annotateCode: ({ codeBlock }) => {
      if (codeBlock.language !== 'output') return;
      for (const line of codeBlock.getLines()) {
        for (const match of line.text.matchAll(PLACEHOLDER)) {
          const inlineRange = { columnStart: match.index, columnEnd: match.index + match[0].length };
          line.addAnnotation(new Placeholder({ inlineRange }));
        }
      }
    },
  },
});
