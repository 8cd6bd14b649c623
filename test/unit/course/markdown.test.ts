import { createSatteriMarkdownProcessor } from '@astrojs/markdown-satteri';
import { describe, expect, it } from 'vitest';
import { MARKDOWN_FEATURES } from '../../../site/course/blocks.ts';
import { HAST_PLUGINS, MDAST_PLUGINS } from '../../../site/markdown/plugins.ts';

async function render(source: string): Promise<string> {
  const processor = await createSatteriMarkdownProcessor({
    syntaxHighlight: false,
    features: MARKDOWN_FEATURES,
    mdastPlugins: MDAST_PLUGINS,
    hastPlugins: HAST_PLUGINS,
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

it('a table stands in a box that scrolls, within reach of the keyboard', async () => {
  expect(await render('| a |\n| - |\n| b |\n')).toMatch(
    /^<div class="table" role="group" aria-label="Table" tabindex="0"><table>[^]*<\/table><\/div>$/,
  );
});

it('a word of code with a hyphen or a slash in it stays whole, and the text is the same', async () => {
  expect(await render('`rm --force`, `a/b c`, `ls`')).toBe(
    '<p><code>rm <span class="word">--force</span></code>, <code><span class="word">a/b</span> c</code>, <code>ls</code></p>',
  );
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

describe('what only the server reads', () => {
  const lesson = (secret: { check: string; solve: string; right: number; why: string }) => `
::::task{#one title="One"}
Do it.

\`\`\`sh check timeout=5 user=root
${secret.check}
\`\`\`

\`\`\`bash solve live terminal=two
${secret.solve}
\`\`\`

\`\`\`sh setup
${secret.check}
\`\`\`

:::hint
A hint.
:::
::::

:::quiz{#q}
Which?

- [${secret.right === 0 ? 'x' : ' '}] this

  ${secret.why}

- [${secret.right === 1 ? 'x' : ' '}] that
:::
`;

  it('decides nothing of the page: with another check, solution, right answer and reason it is the same', async () => {
    const page = await render(lesson({ check: 'true', solve: 'ls', right: 0, why: 'Because.' }));
    expect(page).toBe(await render(lesson({ check: 'fail no', solve: 'rm x\nrm y', right: 1, why: '**So** it is.' })));
    for (const shown of ['Do it.', 'A hint.', 'Which?', 'this', 'that']) expect(page).toContain(shown);
  });

  it('is taken out wherever it stands, and in whatever language', async () => {
    const page = await render('> - ```python check\n>   secret\n>   ```\n\n```nonsense setup live\nsecret\n```\n');
    expect(page).not.toContain('secret');
  });

  it('is told of a quiz in one word: whether several answers may be chosen', async () => {
    const quiz = (marks: string) =>
      `:::quiz{#q}\nWhich?\n\n${[...marks].map((mark) => `- [${mark}] x`).join('\n')}\n:::`;
    expect(await render(quiz('x  '))).toMatch(/<slipway-quiz [^>]*role="radiogroup"/);
    expect(await render(quiz('xx '))).toBe(await render(quiz(' xx')));
    expect(await render(quiz('xx '))).toMatch(/<slipway-quiz [^>]*role="group"[^>]* data-several/);
  });
});

describe('a task', () => {
  it('is numbered in the text’s order, with a heading below the one before it', async () => {
    const page = await render(
      '## Part\n\n:::task{#a title="A & B"}\nx\n:::\n\n### Deeper\n\n:::ask{#b title="B" needs=a}\nx\n:::\n',
    );
    expect(page).toMatch(/<slipway-task id="a"[^>]*data-number="1"[^]*<h3[^>]*>.*Task 1<\/span> A &amp; B<\/h3>/);
    expect(page).toMatch(/<slipway-ask id="b"[^>]*data-number="2"[^>]*data-needs="a"[^]*<h4[^>]*>.*Task 2/);
  });

  it('takes no anchor from the lesson’s own headings', async () => {
    expect(await render(':::task{#a title="Part"}\nx\n:::\n\n## Part\n')).toContain('<h2 id="part">');
  });

  it('has its hints folded below, each with its rung', async () => {
    const page = await render('::::task{#a title="A"}\n:::hint\none\n:::\n\ntext\n\n:::hint\ntwo\n:::\n::::\n');
    expect(page).toMatch(
      /<p>text<\/p>[^]*<summary>Hint 1 of 2<\/summary><p>one<\/p>[^]*<summary>Hint 2 of 2<\/summary>/,
    );
    expect(page).toContain('Hint 1 of 2</span>');
  });
});
