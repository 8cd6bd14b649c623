import { describe, expect, it } from 'vitest';
import { parseLesson } from '../../../site/course/lesson.ts';

const FRONTMATTER = '---\ntitle: A\nsummary: B\nduration: 5\nterminals: [main, two]\n---\n';
const FILE = 'lessons/course/01-a/index.md';

function problemsOf(body: string, frontmatter = FRONTMATTER) {
  const parsed = parseLesson('01-a', FILE, frontmatter + body);
  return 'problems' in parsed ? parsed.problems : [];
}

describe('a lesson', () => {
  it('is its frontmatter, its body and its place', () => {
    expect(parseLesson('01-a', FILE, `${FRONTMATTER}\nText.\n`)).toEqual({
      lesson: {
        id: '01-a',
        slug: 'a',
        title: 'A',
        summary: 'B',
        duration: 5,
        objectives: [],
        terminals: ['main', 'two'],
        body: '\nText.\n',
        anchors: [],
        links: [],
        pictures: [],
        tasks: [],
        quizzes: [],
        setup: null,
        sharedChecks: null,
        files: null,
        filesFrom: null,
        play: [],
      },
    });
  });

  it('without frontmatter is a problem on line 1', () => {
    expect(problemsOf('Text.\n', '')).toMatchObject([{ file: FILE, line: 1 }]);
  });

  it('takes Windows line ends', () => {
    expect(problemsOf('\r\nText.\r\n', FRONTMATTER.replaceAll('\n', '\r\n'))).toEqual([]);
  });

  it('tells the line in the file of a mistake in the frontmatter', () => {
    expect(problemsOf('', FRONTMATTER.replace('duration: 5', 'duration: long'))).toMatchObject([{ line: 4 }]);
  });

  it('tells the line in the file of a mistake in a fence, nested ones too', () => {
    const body = '\n- item\n\n  ```sh run terminal=three\n  ls\n  ```\n\n:::note\n```sh rnu\nls\n```\n:::\n';
    expect(problemsOf(body)).toMatchObject([
      { line: 10, what: 'the lesson has no terminal "three"' },
      { line: 15, mend: 'Write "run".' },
    ]);
  });

  it('knows asides and details, and no other directive', () => {
    expect(problemsOf('\n:::tip\nx\n:::\n\n:::details[More]\nx\n:::\n')).toEqual([]);
    expect(problemsOf('\n:::tpi\nx\n:::\n')).toMatchObject([{ line: 8, mend: 'Write ":::tip".' }]);
    expect(problemsOf('\n::figrue\n')).toMatchObject([{ line: 8, what: 'unknown directive "::figrue"' }]);
  });

  it('leaves text with colons alone', () => {
    expect(problemsOf('\nAt 10:30 run `busybox:latest` or busybox:latest.\n')).toEqual([]);
  });

  it('does not read what stands inside a fence', () => {
    expect(problemsOf('\n````md\n```sh nonsense\n```\n:::nonsense\n````\n')).toEqual([]);
  });
});
