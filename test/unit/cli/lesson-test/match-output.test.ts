import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  align,
  diffOf,
  matches,
  normalise,
  rewritten,
} from '../../../../sandbox-server/cli/lesson-test/match-output.ts';

const compare = (expected: string, came: string) => align(normalise(expected), normalise(came));

describe('an output block', () => {
  it.each<[what: string, expected: string, came: string]>([
    ['is what came', 'one\ntwo', 'one\ntwo\n'],
    ['does not see spaces at the ends of lines, and empty lines at the end', 'one  \n\ntwo', 'one\n\ntwo  \n\n\n'],
    ['has any word for a placeholder', 'pid:[<number>] of <name>', 'pid:[4026531836] of a/b.c'],
    [
      'does not mind how wide columns are, where it has a placeholder',
      'PID   USER\n<pid> root',
      '  PID USER\n    1 root',
    ],
    ['has any lines for ...', 'first\n...\nlast', 'first\nx\ny\nz\nlast'],
    ['has no lines for ...', 'first\n...\nlast', 'first\nlast'],
    ['may be ... alone', '...', ''],
    ['may begin and end with ...', '...\nthe line\n...', 'a\nb\nthe line\nc'],
    ['holds signs that mean something elsewhere', 'a.b*c [x] (y) $1 \\d', 'a.b*c [x] (y) $1 \\d'],
    ['may be empty', '', '\n'],
  ])('%s', (_, expected, came) => {
    expect(matches(compare(expected, came))).toBe(true);
  });

  it.each<[what: string, expected: string, came: string]>([
    ['another word', 'one', 'two'],
    ['a line more', 'one', 'one\ntwo'],
    ['a line less', 'one\ntwo', 'one'],
    ['two words for one placeholder', 'at <time>', 'at 10 o’clock'],
    ['no word for a placeholder', 'at <time>', 'at '],
    ['other widths without a placeholder', 'a  b', 'a b'],
    ['two lines in the other order', 'a\nb', 'b\na'],
    ['a sign for a dot', 'a.b', 'axb'],
    ['nothing after ...', '...\nlast', 'first'],
    ['a line that goes on', 'the end', 'the end of it'],
  ])('is not %s', (_, expected, came) => {
    expect(matches(compare(expected, came))).toBe(false);
  });

  it('is compared line by line, with as little that differs as may be', () => {
    expect(diffOf(compare('a\n<n> files\nb\n...\nz', 'a\n3 files\nnew\nb\nx\ny\nend'))).toBe(
      ['  a', '  <n> files', '+ new', '  b', '  ...', '- z', '+ end'].join('\n'),
    );
  });
});

describe('an output block that is rewritten', () => {
  it('keeps lines that match, and placeholders that still stand for a word', () => {
    const aligned = compare('ID      STATE\n<id> up 3 days\n...\ngone', 'ID    STATE\nf00 down 4 days\nx\nend');
    expect(rewritten(aligned)).toEqual(['ID      STATE', '<id> down 4 days', '...', 'end']);
  });

  it('matches what it was rewritten from, whatever that was', () => {
    const line = fc.constantFrom('a', 'b', 'a b', '<x>', '<x> b', '...', '', 'x<y>z', ' c');
    const word = fc.constantFrom('a', 'b', 'a b', 'q', 'q  b', '', 'x1z', ' c');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.array(word, { maxLength: 6 }), (fence, printed) => {
        const expected = normalise(fence.join('\n'));
        const came = normalise(printed.join('\n'));
        const again = normalise(rewritten(align(expected, came)).join('\n'));
        expect(matches(align(again, came))).toBe(true);
        if (matches(align(expected, came))) expect(again).toEqual(expected);
      }),
    );
  });
});
