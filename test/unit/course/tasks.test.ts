import { describe, expect, it } from 'vitest';
import type { Beside } from '../../../site/course/beside.ts';
import { isHidden, parseFence, type Fence } from '../../../site/course/fence.ts';
import { parseLesson, type Lesson } from '../../../site/course/lesson.ts';
import { playOf } from '../../../site/course/play.ts';

const FRONTMATTER = '---\ntitle: A\nsummary: B\nduration: 5\nterminals: [main, two]\n---\n\n';

function lessonOf(body: string, scripts: Record<string, string> = {}): Lesson {
  const beside: Beside = { scripts: new Map(Object.entries(scripts)), files: undefined };
  const parsed = parseLesson('01-a', 'lessons/c/01-a/index.md', FRONTMATTER + body, beside);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems, null, 2));
  return parsed.lesson;
}

const CHECK = '```sh check\nexpect_file a\n```\n';
const SOLVE = '```sh solve\ntouch a\n```\n';
const task = (inner: string, attributes = '{#make title="Make it"}') => `::::task${attributes}\n${inner}\n::::\n`;

const TYPED = { kind: 'typed', terminal: 'main', interrupt: false, exit: 0, background: false, opens: null };
const UNSEEN = { kind: 'script', user: 'learner', timeoutMs: 60_000 };

describe('a task', () => {
  it('is what its blocks say, each with its place', () => {
    const { tasks } = lessonOf(task(`Text.\n\n${SOLVE}\n${CHECK}\n:::hint\nOne.\n:::\n\n:::hint\nTwo.\n:::\n`));
    expect(tasks).toEqual([
      {
        id: 'make',
        title: 'Make it',
        kind: 'task',
        needs: [],
        check: { ...UNSEEN, timeoutMs: 10_000, place: 'lessons/c/01-a/index.md:16', text: 'expect_file a' },
        setup: [],
        live: [],
        solve: [{ ...TYPED, live: false, place: 'lessons/c/01-a/index.md:12', text: 'touch a' }],
        hints: 2,
      },
    ]);
  });

  it.each(['b c', 'b,c', 'b, c', ' b  ,c '])('needs what is listed with spaces or commas: %j', (needs) => {
    const inner = `${SOLVE}\n${CHECK}`;
    const body = ['b', 'c'].map((id) => task(inner, `{#${id} title="T"}`)).join('\n');
    const { tasks } = lessonOf(`${body}\n${task(inner, `{#d title="T" needs="${needs}"}`)}`);
    expect(tasks[2]!.needs).toEqual(['b', 'c']);
  });

  it('has setups and live blocks, unseen, or typed where they say where or that they go on', () => {
    const blocks = [
      '```sh setup user=root timeout=300\na\n```',
      '```sh setup live\nb\n```',
      '```sh setup live terminal=two\nc\n```',
      '```sh setup live background\nd\n```',
      '```sh setup live opens="# " interrupt\ne\n```',
      '```sh setup live user=root\nf\n```',
      '```sh solve live terminal=two background\ng\n```',
    ];
    const [read] = lessonOf(task(`${blocks.join('\n\n')}\n\n${CHECK}`)).tasks;
    expect(read!.setup).toMatchObject([{ ...UNSEEN, user: 'root', timeoutMs: 300_000, text: 'a' }]);
    expect(read!.live).toMatchObject([
      { ...UNSEEN, text: 'b' },
      { ...TYPED, terminal: 'two', text: 'c' },
      { ...TYPED, background: true, text: 'd' },
      { ...TYPED, opens: '# ', interrupt: true, text: 'e' },
      { ...UNSEEN, user: 'root', text: 'f' },
    ]);
    expect(read!.solve).toMatchObject([{ ...TYPED, terminal: 'two', background: true, live: true, text: 'g' }]);
  });

  it('takes scripts that lie beside the lesson by its id, their words in the first line', () => {
    const [read] = lessonOf(task('Text.'), {
      'make.check.sh': '#!/bin/bash\n# slipway: user=root timeout=30\n\nexpect_file a\n',
      'make.solve.sh': '# slipway: terminal=two exit=3\nmake it\n',
      'make.setup.sh': 'mkdir -p a\n',
      'make.live.sh': '# slipway: background\nserve\n',
    }).tasks;
    const place = 'lessons/c/01-a/make';
    expect(read!.check).toEqual({
      ...UNSEEN,
      user: 'root',
      timeoutMs: 30_000,
      place: `${place}.check.sh:3`,
      text: '\nexpect_file a',
    });
    expect(read!.solve).toMatchObject([{ terminal: 'two', exit: 3, live: false, place: `${place}.solve.sh:2` }]);
    expect(read!.setup).toMatchObject([{ kind: 'script', text: 'mkdir -p a', place: `${place}.setup.sh:1` }]);
    expect(read!.live).toMatchObject([{ kind: 'typed', background: true, text: 'serve' }]);
  });

  it('that asks has one script, which prints the answer, as its solution', () => {
    const check = '```sh check\nexpect_equal "$ANSWER" 3 lines\n```\n';
    const [read] = lessonOf(`:::ask{#count title="Count"}\nHow many?\n\n${check}\n${SOLVE}\n:::\n`).tasks;
    expect(read).toMatchObject({ kind: 'ask', solve: [{ ...UNSEEN, live: false, text: 'touch a' }] });
    expect(lessonOf(`:::ask{#count title="Count"}\nHow many?\n\n${check}\n:::\n`).tasks[0]!.solve).toEqual([]);
  });
});

describe('what is run in a lesson', () => {
  const kinds = (lesson: Lesson) =>
    playOf(lesson).map((step) => `${step.line} ${step.kind}${step.kind === 'output' ? ` of ${step.of}` : ''}`);

  it('comes in the order of the text, a task’s solutions where they stand and its solution file last', () => {
    const run = '```sh run\nls\n```\n';
    const output = '```output\nx\n```\n';
    const body = [
      run + output,
      task(`${run}${SOLVE}${output}${CHECK}${run}`),
      run,
      task(`${CHECK}${output.replace('output', 'text')}`, '{#more title="More"}'),
      '```sh\nls\n```\n' + output,
    ].join('\n');
    const lesson = lessonOf(body, { 'more.solve.sh': 'touch b\n' });
    expect(kinds(lesson)).toEqual([
      '8 run',
      '11 output of run',
      '15 task',
      '16 run',
      '19 solve',
      '22 output of solve',
      '28 run',
      '32 task-end',
      '34 run',
      '38 task',
      '0 solve',
      '46 task-end',
      '51 output of copy',
    ]);
    const runs = playOf(lesson).flatMap((step) => (step.kind === 'run' ? [step.task] : []));
    expect(runs).toEqual([null, 'make', 'make', null]);
  });

  it('tells where the lines of an output stand, also in lists and quotations', () => {
    const body =
      '- x\n\n  ```sh run\n  ls\n  ```\n\n  ```output\n  a\n  b\n  ```\n\n> ```output\n> c\n> ```\n\n```output\n```\n';
    const lines = (FRONTMATTER + body).split('\n');
    const outputs = playOf(lessonOf(body)).filter((step) => step.kind === 'output');
    expect(outputs.map(({ text, indent }) => [text, indent])).toEqual([
      ['a\nb', '  '],
      ['c', '> '],
      ['', ''],
    ]);
    for (const { first, last, indent, text } of outputs) {
      const written = text === '' ? [] : text.split('\n').map((line) => indent + line);
      expect(lines.slice(first - 1, last)).toEqual(written);
    }
  });
});

describe('a block is left out of the page', () => {
  const fence = (meta: string, language = 'sh'): Fence => {
    const parsed = parseFence(language, meta, ['main']);
    if ('mistakes' in parsed) throw new Error(JSON.stringify(parsed.mistakes));
    return parsed.fence;
  };

  it.each(['check', 'solve', 'solve live', 'setup', 'setup live', 'setup live terminal=main'])('%s', (meta) => {
    expect(isHidden(fence(meta))).toBe(true);
  });

  it.each(['run', '', 'title="check"'])('but not %j', (meta) => {
    expect(isHidden(fence(meta))).toBe(false);
  });

  it('where it is what a solution prints', () => {
    const output = fence('', 'output');
    expect(isHidden(output, fence('solve'))).toBe(true);
    expect(isHidden(output, fence('run'))).toBe(false);
    expect(isHidden(output)).toBe(false);
  });
});

describe('a quiz', () => {
  const quiz = (answers: string) =>
    lessonOf(`:::quiz{#what}\nWhat?\n\n${answers}\n\n:::\n\n[x]: ../02-b/index.md#c\n`).quizzes;

  it('is which answers are right, and why, as HTML', () => {
    expect(quiz('- [x] This.\n\n  Since `a` < *b*.\n\n  ```sh\n  ls\n  ```\n\n- [ ] That.\n- [X] Those.')).toEqual([
      {
        id: 'what',
        answers: [
          {
            right: true,
            explanation:
              '<p>Since <code>a</code> &lt; <em>b</em>.</p>\n<pre><code class="language-sh">ls\n</code></pre>',
          },
          { right: false, explanation: '' },
          { right: true, explanation: '' },
        ],
      },
    ]);
  });

  it('has explanations whose code has a title in which “run” is a word', () => {
    const [read] = quiz('- [x] This.\n\n  ```go title="run and go"\n  main()\n  ```\n\n- [ ] That.');
    expect(read!.answers[0]!.explanation).toContain('main()');
  });

  it('has explanations in which 10:30 is text, and links lead where they do in the page', () => {
    const [read] = quiz('- [x] This.\n\n  At 10:30, see [it][x] and [out](https://example.org/).\n\n- [ ] That.');
    expect(read!.answers[0]!.explanation).toBe(
      '<p>At 10:30, see <a href="/courses/c/b/#c">it</a> and <a href="https://example.org/" target="_blank" rel="noopener noreferrer">out</a>.</p>',
    );
  });
});
