import { describe, expect, it } from 'vitest';
import { parseLesson } from '../../../site/course/lesson.ts';

const FRONTMATTER = '---\ntitle: A\nsummary: B\nduration: 5\n---\n\n';
/** The line of the file that the first line of a body is. */
const FIRST = 7;

function problemsOf(body: string): string[] {
  const parsed = parseLesson('01-a', 'index.md', FRONTMATTER + body);
  const problems = 'problems' in parsed ? parsed.problems : [];
  for (const { expected, mend } of problems) expect([expected, mend]).not.toContain('');
  return problems.map(({ line, what }) => `${line - FIRST + 1}: ${what}`);
}

describe('a mistake in a lesson is told with its line', () => {
  it.each<[kind: string, body: string, problems: string[]]>([
    ['an unknown language', '```shel run\nls\n```\n', ['1: unknown language "shel"']],
    ['output of nothing', '```output\nx\n```\n', ['1: an "output" block without a command before it']],
    ['a second title', '# A\n', ['1: "# A" is a second title']],
    ['a level left out', '## A\n\n#### B\n', ['3: "#### B" leaves out a level']],
    ['a heading without text', '##\n', ['1: a heading without text']],
    [
      'a block in one with as many colons',
      ':::note\n:::tip\nx\n:::\n:::\n',
      ['2: ":::tip" stands in ":::note", which its end closes too'],
    ],
    ['a block without an end', ':::note\nx\n', ['1: ":::note" has no end']],
    ['an end without a block', 'x\n\n:::\n', ['3: ":::" ends nothing']],
    ['an attribute that is not known', ':::details{titel=x}\nx\n:::\n', ['1: ":::details" takes no "titel"']],
    ['a tab outside of tabs', ':::tab[A]\nx\n:::\n', ['1: ":::tab" stands outside of "::::tabs"']],
    ['a tab without a label', '::::tabs\n:::tab\nx\n:::\n:::tab[B]\ny\n:::\n::::\n', ['2: ":::tab" has no label']],
    ['text between tabs', '::::tabs\nx\n:::tab[A]\nx\n:::\n::::\n', ['1: "::::tabs" holds something else than it may']],
    ['a single tab', '::::tabs\n:::tab[A]\nx\n:::\n::::\n', ['1: "::::tabs" holds something else than it may']],
    ['a figure without a picture', ':::figure[A]\nx\n:::\n', ['1: ":::figure" holds something else than it may']],
    ['a leaf that should be a block', '::note[x]\n', ['1: unknown directive "::note"']],
    ['a picture without words', '![](a.svg)\n', ['1: the picture "a.svg" has no text alternative']],
    [
      'a picture from elsewhere',
      '![A](https://example.org/a.png)\n',
      ['1: "https://example.org/a.png" cannot be shown'],
    ],
    ['a picture of another lesson', '![A](../02-b/a.png)\n', ['1: "../02-b/a.png" cannot be shown']],
    ['a picture of no kind', '![A](a.bmp)\n', ['1: "a.bmp" cannot be shown']],
    ['a script', '<script src="x"></script>\n', ['1: <script> in a lesson']],
    ['a link in HTML', 'See <a href="x">this</a>.\n', ['1: <a> in a lesson']],
    ['a reference that is not defined', 'See [this][that].\n', ['1: the link reference "[that]" is defined nowhere']],
    ['a picture by reference', '![A][b]\n\n[b]: a.svg\n', ['1: the picture "A" is named by reference']],
  ])('%s', (_, body, problems) => expect(problemsOf(body)).toEqual(problems));
});

describe('no mistake is', () => {
  it.each([
    [
      'tabs and figures',
      '::::tabs\n:::tab[A]\nx\n:::\n:::tab[B]\n:::\n::::\n\n:::figure[C]\n![D](e.svg) ![F](g.png)\n:::\n',
    ],
    ['a block in one with more colons', '::::note\n:::details[A]\nx\n:::\n::::\n'],
    ['a block in a list or a quotation', '- x\n\n  :::note\n  y\n  :::\n\n> :::tip\n> z\n> :::\n'],
    ['a mark that Markdown has none for', 'Press <kbd>Ctrl</kbd>.<br>\n'],
    ['a comment', '<!-- <script> is not allowed -->\n'],
    ['brackets in code', '`a[b][c]`\n\n```sh\necho "${a[b]}[c]"\n:::\n```\n'],
    ['output after a block to copy', '```sh\nls\n```\n\nThis prints\n\n```output\nx\n```\n'],
  ])('%s', (_, body) => expect(problemsOf(body)).toEqual([]));
});
