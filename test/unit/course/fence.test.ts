import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFence } from '../../../site/course/fence.ts';

const TERMINALS = ['main', 'two'];

const COMMAND = {
  kind: 'command',
  terminal: 'main',
  interrupt: false,
  exit: 0,
  background: false,
  opens: undefined,
} as const;

function mistakesOf(language: string, meta: string): string[] {
  const parsed = parseFence(language, meta, TERMINALS);
  return 'mistakes' in parsed ? parsed.mistakes.map(({ what, mend }) => `${what} → ${mend}`) : [];
}

describe('a fence says what its block is for', () => {
  it.each([
    ['sh', 'run', COMMAND],
    ['bash', 'run', COMMAND],
    ['sh', 'run terminal=two', { ...COMMAND, terminal: 'two' }],
    ['sh', 'run terminal="two"', { ...COMMAND, terminal: 'two' }],
    ['sh', 'run interrupt', { ...COMMAND, interrupt: true }],
    ['sh', 'run exit=1', { ...COMMAND, exit: 1 }],
    ['sh', 'run background', { ...COMMAND, background: true }],
    ['sh', 'run opens="# "', { ...COMMAND, opens: '# ' }],
    ['sh', "run opens='>>> '", { ...COMMAND, opens: '>>> ' }],
    ['sh', 'interrupt   run', { ...COMMAND, interrupt: true }],
    ['sh', 'run title="Build" {1,3-4}', COMMAND],
    ['sh', '', { kind: 'copy' }],
    ['', '', { kind: 'copy' }],
    ['go', 'title="main.go" ins={2} del={3-4}', { kind: 'copy' }],
    ['output', '', { kind: 'output' }],
  ])('%s %s', (language, meta, fence) => {
    expect(parseFence(language, meta, TERMINALS)).toEqual({ fence });
  });
});

describe('a mistake in a fence is named, with its mend', () => {
  it.each([
    ['sh', 'rum', 'unknown word "rum" → Write "run".'],
    ['sh', 'run quickly', 'unknown word "quickly" → Remove "quickly".'],
    ['sh', 'run teminal=two', 'unknown word "teminal=two" → Write "terminal".'],
    ['sh', 'terminal=two', '"terminal=two" without "run" → Write "run terminal=two", or remove "terminal=two".'],
    ['sh', 'run run', '"run" stands twice → Remove one of the two.'],
    ['sh', 'run exit=256', '"exit=256" is no exit status → Write for example "exit=1".'],
    ['sh', 'run exit', '"exit=" is no exit status → Write for example "exit=1".'],
    ['sh', 'run terminal', 'the lesson has no terminal ""'],
    ['sh', 'run opens', '"opens" names no prompt'],
    ['sh', 'run background=yes', '"background" takes no value → Write "background".'],
    ['sh', 'run opens=""', '"opens" names no prompt → Write for example opens="# ".'],
    ['sh', 'run opens="# ', 'unknown word'],
    ['sh', 'run background exit=1', '"exit" beside "background" or "opens": nothing waits for that command’s end'],
    ['python', 'run', 'a block in "python" cannot run → Write "sh run"'],
    ['', 'run', 'a block in no language cannot run'],
    ['output', 'run', 'an "output" block cannot run'],
  ])('%s %s', (language, meta, told) => {
    expect(mistakesOf(language, meta).join('\n')).toContain(told);
  });

  it('names the lesson’s terminals where one is asked for that it does not declare', () => {
    const parsed = parseFence('sh', 'run terminal=tow', TERMINALS);
    expect(parsed).toEqual({
      mistakes: [
        {
          word: 'tow',
          what: 'the lesson has no terminal "tow"',
          expected: 'one of main, two',
          mend: 'Write "terminal=two", or add "tow" to "terminals:" in the frontmatter.',
        },
      ],
    });
  });

  it('tells all mistakes of a fence at once', () => {
    expect(mistakesOf('sh', 'run quickly exit=abc terminal=none')).toHaveLength(3);
  });
});

it('never throws, and gives either a fence or at least one mistake, whatever an author writes', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (language, meta) => {
      const parsed = parseFence(language, meta, TERMINALS);
      expect('fence' in parsed || parsed.mistakes.length > 0).toBe(true);
    }),
  );
});
