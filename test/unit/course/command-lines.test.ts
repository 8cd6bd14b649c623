import { ExpressiveCode } from 'astro-expressive-code';
import { select, selectAll, toText } from 'astro-expressive-code/hast';
import { expect, test } from 'vitest';
import { commandLines } from '../../../site/markdown/command-lines.ts';
import { expressiveCodeOptions } from '../../../site/markdown/expressive-code.ts';

async function render(code: string, meta: string, language = 'sh') {
  const { defaultProps, shiki } = expressiveCodeOptions;
  const engine = new ExpressiveCode({ defaultProps, shiki, plugins: [commandLines] });
  const { renderedGroupAst } = await engine.render({ code, meta, language });
  return {
    text: toText(select('pre', renderedGroupAst)!),
    words: selectAll('.word', renderedGroupAst).map((word) => toText(word)),
    hangs: String(select('.ec-line', renderedGroupAst)!.properties['style'] ?? ''),
  };
}

const LINE = 'docker run --rm -v "$HOME/fleet:/repos" -e A=b a/very/long-path-of-more-than-one-short-line "$(id -u)"';

test('where a command wraps, its words stay whole, of whatever colours they are, and what goes on hangs', async () => {
  const { text, words, hangs } = await render(LINE, 'wrap');
  expect(text).toBe(LINE);
  expect(words).toEqual(['--rm', '-v', '"$HOME/fleet:/repos"', '-e', '-u)"']);
  expect(hangs).toContain('--ecIndent:2ch');
});

test('a command that does not wrap, and what one prints, is left as it is', async () => {
  expect(await render(LINE, '')).toMatchObject({ text: LINE, words: [], hangs: '' });
  expect(await render(LINE, 'wrap', 'output')).toMatchObject({ text: LINE, words: [], hangs: '' });
});
