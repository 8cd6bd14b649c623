import { defineHastPlugin } from 'satteri';

/** Code in a sentence of at most this many letters stays in one line: it fits a phone, and `--rm` is no two words. */
const SHORT = 24;

export const shortCode = defineHastPlugin({
  name: 'slipway-short-code',
  element: {
    filter: ['code'],
    visit(node, context) {
      const parent = context.parent(node);
      if (parent.type === 'element' && parent.tagName === 'pre') return;
      if (context.textContent(node).length <= SHORT) context.setProperty(node, 'className', ['short']);
    },
  },
});
