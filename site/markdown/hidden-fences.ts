import { defineMdastPlugin } from 'satteri';
import { wordsOf } from '../course/words.ts';

/** What a fence is for that the server alone reads, out of the manifest. */
const HIDDEN = new Set(['check', 'solve', 'setup']);

/**
 * Takes checks, solutions and setups out of the text before anything is made of it: the page is a file that every browser
 * gets. Wider than the format on purpose, whatever the language and wherever it stands.
 */
export const hiddenFences = defineMdastPlugin({
  name: 'slipway-hidden-fences',
  code(node, context) {
    if (wordsOf(node.meta ?? '').some(({ key }) => HIDDEN.has(key))) context.removeNode(node);
  },
});
