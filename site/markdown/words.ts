import { defineHastPlugin, type HastNode } from 'satteri';

type Inline = Extract<HastNode, { type: 'element' }>['children'][number];

/** Fits a line of a narrow screen, in a task too. */
const LONGEST = 28;

/** Whether a browser would break the word, as in `--` and `rm`, where it need not. */
export const staysWhole = (word: string): boolean => /[-/]/.test(word) && word.length <= LONGEST;

/** The words of a text, and what is between them. */
export function wordsOf(text: string): string[] {
  return text.split(/(\s+)/).filter((part) => part !== '');
}

/** A word of `code` in a text goes to the next line as a whole: `--rm` broken after its hyphens is not what one types. */
export const wholeWords = defineHastPlugin({
  name: 'slipway-whole-words',
  element: {
    filter: ['code'],
    visit(node, context) {
      const [text, ...more] = node.children;
      // Only that of a block holds line breaks. Those have lines of their own.
      if (text?.type !== 'text' || more.length > 0 || text.value.includes('\n')) return;
      const words = wordsOf(text.value);
      if (words.some(staysWhole)) context.replaceNode(node, { ...node, children: words.map(asWord) });
    },
  },
});

function asWord(value: string): Inline {
  const text: Inline = { type: 'text', value };
  if (!staysWhole(value)) return text;
  return { type: 'element', tagName: 'span', properties: { className: ['word'] }, children: [text] };
}
