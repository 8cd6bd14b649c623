import { describe, expect, it } from 'vitest';
import { MarkReader } from '../../../sandbox-server/lessons/marks.ts';

const OUTPUT = '\x1b]133;A\x07$ \x1b]133;B\x07\x1b[?2004hls\r\n\x1b[?2004l\x1b]133;C\x07a b\r\n\x1b]133;D;3\x07';

function read(pieces: string[]) {
  const reader = new MarkReader();
  for (const piece of pieces) reader.push(Buffer.from(piece));
  return reader;
}

describe('marks in a terminal’s output', () => {
  it('are told with the status, and where output lies between them', () => {
    const { marks, bracketed } = read([OUTPUT]);
    expect(marks.map(({ kind, status }) => [kind, status])).toEqual([
      ['A', null],
      ['B', null],
      ['C', null],
      ['D', 3],
    ]);
    expect(OUTPUT.slice(marks[2]!.end, marks[3]!.start)).toBe('a b\r\n');
    expect(bracketed).toBe(false);
  });

  it('are the same however the output is cut into pieces', () => {
    const whole = read([OUTPUT]).marks;
    for (let at = 1; at < OUTPUT.length; at++) {
      expect(read([OUTPUT.slice(0, at), OUTPUT.slice(at)]).marks).toEqual(whole);
    }
    expect(read([...OUTPUT]).marks).toEqual(whole);
  });

  it('are counted anew from where it begins', () => {
    const reader = read([OUTPUT]);
    reader.begin();
    reader.push(Buffer.from('x\x1b]133;C\x07'));
    expect(reader.marks).toEqual([{ kind: 'C', status: null, start: 1, end: 9 }]);
  });

  it('say whether a paste is to be bracketed', () => {
    expect(read(['\x1b[?2004h']).bracketed).toBe(true);
    expect(read(['\x1b[?20', '04h', '\x1b[?2004l']).bracketed).toBe(false);
  });

  it('are not lost after a long sequence of another kind', () => {
    expect(read([`\x1b]0;${'t'.repeat(500)}`, '\x07\x1b]133;D;0\x07']).marks).toHaveLength(1);
  });
});
