import { defineHastPlugin } from 'satteri';

/**
 * A word of code of at most this many letters is not broken at its hyphens: `--rm` is one. It fits a phone of letters twice
 * as large, too.
 */
const SHORT = /^\S{1,14}$/;

export const shortCode = defineHastPlugin({
  name: 'slipway-short-code',
  element: {
    filter: ['code'],
    visit(node, context) {
      const parent = context.parent(node);
      if (parent.type === 'element' && parent.tagName === 'pre') return;
      if (SHORT.test(context.textContent(node))) context.setProperty(node, 'className', ['short']);
    },
  },
});
