import { definePlugin } from 'astro-expressive-code';
import { h, select, type Element, type ElementContent } from 'astro-expressive-code/hast';
import { staysWhole, wordsOf } from './words.ts';

/** An Expressive Code plugin: where the lines of a command wrap, its words stay whole. */
export const commandLines = definePlugin({
  name: 'slipway-command-lines',
  hooks: {
    postprocessRenderedLine: ({ codeBlock, renderData }) => {
      if (codeBlock.language !== 'sh' || !codeBlock.props.wrap) return;
      const line = select('.code', renderData.lineAst);
      if (line) line.children = inWords(line.children);
    },
  },
});

/** A word can be of several colours, and a colour may hold several words. */
function inWords(parts: readonly ElementContent[]): ElementContent[] {
  const whole: ElementContent[] = [];
  let word: Element[] = [];
  let text = '';
  const end = () => {
    whole.push(...(staysWhole(text) ? [h('span.word', word)] : word));
    word = [];
    text = '';
  };
  for (const part of parts) {
    const [only] = part.type === 'element' ? part.children : [];
    if (part.type !== 'element' || only?.type !== 'text') {
      end();
      whole.push(part);
      continue;
    }
    for (const value of wordsOf(only.value)) {
      const piece: Element = { ...part, children: [{ type: 'text', value }] };
      if (value.trim() === '') {
        end();
        whole.push(piece);
      } else {
        word.push(piece);
        text += value;
      }
    }
  }
  end();
  return whole;
}
