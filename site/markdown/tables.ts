import { defineHastPlugin } from 'satteri';

/** A table that is wider than the column scrolls in a box of its own, within reach of the keyboard; the page does not. */
export const tables = defineHastPlugin({
  name: 'slipway-tables',
  element: {
    filter: ['table'],
    visit(node, context) {
      context.wrapNode(node, {
        type: 'element',
        tagName: 'div',
        properties: { className: ['table'], role: 'group', ariaLabel: 'Table', tabIndex: 0 },
        children: [],
      });
    },
  },
});
