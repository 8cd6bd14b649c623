import { describe, expect, it } from 'vitest';
import { junitOf } from '../../../../sandbox-server/cli/lesson-test/junit.ts';
import type { Case, LessonOutcome } from '../../../../sandbox-server/cli/lesson-test/outcome.ts';
import { withOutputs } from '../../../../sandbox-server/cli/lesson-test/record.ts';
import { flakyText } from '../../../../sandbox-server/cli/lesson-test/tell.ts';

const passed: Case = { kind: 'run', name: 'ls', place: 'lessons/course/01-a/index.md:9', ms: 20 };
const failed: Case = {
  kind: 'output',
  name: 'output',
  place: 'lessons/course/01-a/index.md:12',
  ms: 3,
  fault: { what: 'the output is <another>', diff: '- "a" & b\n+ \u001b[31mred\u001b[0m\u0000' },
};

function outcome(run: number, ...cases: Case[]): LessonOutcome {
  return { course: 'course', lesson: '01-a', run, ok: cases.every(({ fault }) => !fault), ms: 1500, cases };
}

describe('JUnit XML', () => {
  it('has a suite for a lesson and a case for what was looked at, with its file and line', () => {
    expect(junitOf([outcome(1, passed, failed)])).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="lessons">
        <testsuite name="course/01-a" tests="2" failures="1" time="1.500">
          <testcase classname="course/01-a" name="ls (line 9)" file="lessons/course/01-a/index.md" line="9" time="0.020"/>
          <testcase classname="course/01-a" name="output (line 12)" file="lessons/course/01-a/index.md" line="12" time="0.003">
            <failure message="the output is &lt;another&gt;">lessons/course/01-a/index.md:12: the output is &lt;another&gt;
          - &quot;a&quot; &amp; b
          + red</failure>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });
});

describe('a lesson that was run several times', () => {
  it('is told where it did not end the same each time', () => {
    const runs = [outcome(1, passed), outcome(2, passed, failed), outcome(3, passed)];
    expect(flakyText(runs)).toBe('Not the same each time:\n  course/01-a: 1 of 3 runs failed (2)');
  });

  it('is not told where it always passes, or always fails alike', () => {
    expect(flakyText([outcome(1, passed), outcome(2, passed)])).toBe('');
    expect(flakyText([outcome(1, failed), outcome(2, failed)])).toBe('');
  });
});

describe('recorded outputs', () => {
  const source = ['# A', '', '```output', 'old', '```', '', '> ```output', '> old', '> two', '> ```', 'end', ''];
  const place = 'lessons/course/01-a/index.md:3';
  const first = { place, first: 4, last: 4, indent: '' };
  const second = { place, first: 8, last: 9, indent: '> ' };

  it('take the place of the old ones, each behind what stands before its lines', () => {
    const { text, refused } = withOutputs(source.join('\n'), [
      { ...first, lines: ['new', '', 'more'] },
      { ...second, lines: ['one'] },
    ]);
    expect(refused).toEqual([]);
    expect(text).toBe(
      ['# A', '', '```output', 'new', '', 'more', '```', '', '> ```output', '> one', '> ```', 'end', ''].join('\n'),
    );
  });

  it('fill a block that was empty, and keep the ends of lines that the file has', () => {
    const { text } = withOutputs('```output\r\n```\r\n', [{ place, first: 2, last: 1, indent: '', lines: ['new'] }]);
    expect(text).toBe('```output\r\nnew\r\n```\r\n');
  });

  it('are left out where a line would end its block, and they alone', () => {
    const ending = { ...second, lines: ['one', '```'] };
    const { text, refused } = withOutputs(source.join('\n'), [{ ...first, lines: ['new'] }, ending]);
    expect(refused).toEqual([ending]);
    expect(text).toBe(source.join('\n').replace('\nold', '\nnew'));
  });

  it.each([
    ['```output', '~~~', true],
    ['```output', '    ```', true],
    ['```output', '``` and more', true],
    ['````output', '```', true],
    ['~~~~output', '````', true],
    ['```output', '```', false],
    ['```output', '   ````  ', false],
    ['~~~output', '~~~~', false],
  ])('in a block that %s opens may have the line "%s": %s', (opening, line, may) => {
    const { refused } = withOutputs(`${opening}\nold\n`, [{ place, first: 2, last: 2, indent: '', lines: [line] }]);
    expect(refused).toHaveLength(may ? 0 : 1);
  });
});
