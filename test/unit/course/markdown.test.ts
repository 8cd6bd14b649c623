import { createSatteriMarkdownProcessor } from '@astrojs/markdown-satteri';
import { describe, expect, it } from 'vitest';
import { MARKDOWN_FEATURES } from '../../../site/course/blocks.ts';
import { codeBlocks } from '../../../site/markdown/code-blocks.ts';
import { asides } from '../../../site/markdown/asides.ts';
import { figures } from '../../../site/markdown/figures.ts';
import { links, outwardLinks } from '../../../site/markdown/links.ts';
import { tabs } from '../../../site/markdown/tabs.ts';
import { textDirectives } from '../../../site/markdown/text-directives.ts';

async function render(source: string): Promise<string> {
  const processor = await createSatteriMarkdownProcessor({
    syntaxHighlight: false,
    features: MARKDOWN_FEATURES,
    mdastPlugins: [textDirectives, asides, tabs, figures, links],
    hastPlugins: [codeBlocks, outwardLinks],
  });
  return (await processor.render(source, { frontmatter: { terminals: ['main', 'two'] } })).code.trim();
}

describe('text that looks like a directive stays text', () => {
  it.each([
    '10:30',
    'busybox:latest',
    'sha256:abc',
    'localhost:5000/img:v1.2',
    'a:b:c',
    'x:y[z]{k=v}',
    ':smile:',
    'é 10:30 ü:1',
  ])('%s', async (text) => {
    expect(await render(`Before ${text} after`)).toBe(`<p>Before ${text} after</p>`);
  });

  it('with emphasis in its label kept', async () => {
    expect(await render('a:b[*c*]{d=e}')).toBe('<p>a:b[<em>c</em>]{d=e}</p>');
  });

  it('in headings, lists and tables', async () => {
    expect(await render('# At 10:30\n\n- b:c\n\n| a:b |\n| - |\n| c:d |\n')).toMatch(
      /At 10:30<\/h1>[^]*b:c<\/li>[^]*a:b<\/th>[^]*c:d<\/td>/,
    );
  });
});

it('quotes and dashes beside commands stay as they were typed', async () => {
  expect(await render('"a" -- \'b\'...')).toBe('<p>"a" -- \'b\'...</p>');
});

describe('asides', () => {
  it('have a name, or the one the author gives', async () => {
    expect(await render(':::note\nx\n:::')).toMatch(/<aside class="aside aside-note"[^>]*><p [^>]*>Note<\/p>/);
    expect(await render(':::tip[Mind *this*]\nx\n:::')).toMatch(/<p class="aside-title">Mind <em>this<\/em><\/p>/);
  });

  it('of the kind details fold', async () => {
    expect(await render(':::details[More]\nx\n:::')).toMatch(/<details[^>]*>\s*<summary>More<\/summary>/);
  });
});

describe('a block of commands', () => {
  it('carries the author’s text, tabs and quotes and all', async () => {
    const html = await render('```sh run\nprintf "a\tb" && echo \'<x>\'\n  # kept\n```\n');
    expect(html).toContain('data-source="printf &quot;a\tb&quot; &amp;&amp; echo &#x27;<x>&#x27;\n  # kept"');
  });

  it('says what its button will do, and where', async () => {
    const html = await render('```sh run terminal=two interrupt exit=1\nls\n```\n');
    expect(html).toMatch(/data-terminal="two"/);
    expect(html).toMatch(/data-interrupt=""/);
    expect(html).toMatch(/data-exit="1"/);
    expect(html).toContain('<span>Run in two</span>');
    expect(html).toContain('Presses Ctrl-C, then types this into the terminal “two” and presses Enter');
  });

  it('that is copied only has no run button', async () => {
    const html = await render('```sh\nls\n```\n');
    expect(html).toContain('data-action="copy"');
    expect(html).not.toContain('data-action="run"');
  });
});

describe('a link that leaves the site', () => {
  it.each(['[x](https://example.org/a)', '[x][y]\n\n[y]: https://example.org/a', '<https://example.org/a>'])(
    'opens beside it: %s',
    async (source) => {
      const html = await render(source);
      expect(html).toMatch(/<a href="https:\/\/example\.org\/a"[^>]* target="_blank" rel="noopener noreferrer"/);
      expect(html).toContain('(opens in a new tab)');
    },
  );

  it.each(['[x](#here)', '[x](mailto:a@example.org)'])('is not %s', async (source) => {
    expect(await render(source)).not.toContain('target=');
  });
});
