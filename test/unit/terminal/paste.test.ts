import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommand, encodePaste, linesOf, sanitisePaste } from '../../../sandbox-server/protocol/typing.ts';
import { mustAsk } from '../../../site/terminal/paste.ts';

const ESC = '\u001b';

describe('pasted text', () => {
  it.each([
    ['keeps letters, tabs and other scripts', 'a\tb é 漢 🚀', 'a\tb é 漢 🚀'],
    ['has each end of line as the Enter key', 'a\nb\r\nc\rd', 'a\rb\rc\rd'],
    ['loses ESC, so that it cannot end a bracketed paste', `x${ESC}[201~; rm -rf ~\n`, 'x[201~; rm -rf ~\r'],
    ['loses the eight-bit form of ESC [', 'x\u009b201~y', 'x201~y'],
    ['loses keys such as Ctrl-C and Ctrl-D', 'a\u0003b\u0004c\u007f', 'abc'],
  ])('%s', (_title, text, safe) => {
    expect(sanitisePaste(text)).toBe(safe);
  });

  it('holds no control character but tab and Enter, whatever was on the clipboard', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // oxlint-disable-next-line no-control-regex -- control characters are what this is about
        expect(sanitisePaste(text)).not.toMatch(/[\u0000-\u0008\u000a-\u000c\u000e-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it('cannot end its own brackets', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(ESC, '[201~', '[200~', 'x', '\n', '\u009b')), (parts) => {
        const sent = encodePaste(sanitisePaste(parts.join('')), true);
        expect(sent.indexOf(`${ESC}[201~`)).toBe(sent.length - 6);
      }),
    );
  });
});

describe('before several lines run', () => {
  it.each([
    ['one line', 'ls', false, false],
    ['one line with its end', 'ls\n', false, false],
    ['two lines', 'ls\nps\n', false, true],
    ['two lines where the shell has bracketed paste', 'ls\nps\n', true, false],
    ['two lines as a Mac of old ends them', 'ls\rps', false, true],
    ['an empty line and another', '\nls', false, true],
  ])('%s', (_title, text, bracketed, asks) => {
    expect(mustAsk(text, bracketed)).toBe(asks);
  });

  it('the lines are counted as the shell will see them', () => {
    expect(linesOf('a\n\nb\n')).toEqual(['a', '', 'b']);
  });
});

describe('a block that is run', () => {
  it.each([
    ['one line', 'ls', false, 'ls\r'],
    ['one line needs no brackets', 'ls', true, 'ls\r'],
    ['several lines go as one paste', 'a\nb', true, `${ESC}[200~a\rb${ESC}[201~\r`],
    ['several lines go one by one where the shell has no brackets', 'a\nb', false, 'a\rb\r'],
    ['an end of line at the end is not typed twice', 'a\nb\n', false, 'a\rb\r'],
  ])('%s', (_title, source, bracketed, sent) => {
    expect(encodeCommand(source, bracketed)).toBe(sent);
  });
});
