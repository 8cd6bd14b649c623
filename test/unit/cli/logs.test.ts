import { renameSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJournal } from '../../../sandbox-server/cli/operate/journal.ts';
import { readEntry } from '../../../sandbox-server/cli/operate/log-entry.ts';
import { LogFiles } from '../../../sandbox-server/cli/operate/log-files.ts';
import { entryText } from '../../../sandbox-server/cli/operate/log-text.ts';
import { isWanted, readWanted } from '../../../sandbox-server/cli/operate/log-wanted.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const plain = (_code: string, text: string) => text;

describe('a log line', () => {
  test('is shown with its time, level, process, text and fields, and its error below', () => {
    const time = new Date(2026, 0, 31, 9, 5, 7, 8).getTime();
    const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at here', code: 'EIO' };
    const raw = JSON.stringify({
      level: 40,
      time,
      pid: 1,
      hostname: 'h',
      name: 'gateway',
      sandbox: 'abc',
      n: [1],
      err,
      msg: 'it failed',
    });
    expect(entryText(readEntry(raw, ''), plain)).toBe(
      '2026-01-31 09:05:07.008 WARN  gateway    it failed sandbox=abc n=[1]\n    Error: no (EIO)\n    at here',
    );
  });

  test('of the class registry has the level and time that it says', () => {
    const entry = readEntry('time="2026-01-31T09:05:07Z" level=warning msg="so" a=b', 'registry-mine');
    expect(entry).toMatchObject({
      time: Date.UTC(2026, 0, 31, 9, 5, 7),
      level: 40,
      name: 'registry-mine',
      text: 'msg="so" a=b',
    });
  });

  test('whatever it holds is shown without moving the cursor, and has no more lines than its error', () => {
    const field = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json({ stringUnit: 'binary' }),
      fc.constant('\u001b]0;title\u0007\u001b[2J'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          field,
          fc.record({ level: fc.integer(), name: field, msg: field, more: field }).map((all) => JSON.stringify(all)),
        ),
        (raw) => {
          expect(entryText(readEntry(raw, 'gateway'), plain)).not.toMatch(CONTROL);
        },
      ),
    );
  });

  test('of the journal is our own entry, or what systemd and Node say', () => {
    const own = { level: 30, time: 5, name: 'gateway', msg: 'so' };
    const base = {
      __REALTIME_TIMESTAMP: '1700000000123456',
      __CURSOR: 's=1',
      _SYSTEMD_UNIT: 'slipway-supervisor.service',
    };
    const read = (more: object) => readJournal(JSON.stringify({ ...base, ...more }));
    expect(read({ MESSAGE: JSON.stringify(own) })).toMatchObject({
      cursor: 's=1',
      entry: { time: 5, level: 30, name: 'gateway', text: 'so' },
    });
    expect(read({ MESSAGE: 'oh', _TRANSPORT: 'stdout', PRIORITY: '6' })!.entry).toMatchObject({
      time: 1_700_000_000_123.456,
      level: 40,
      name: 'supervisor',
    });
    expect(read({ MESSAGE: 'Started.', PRIORITY: '6' })!.entry.level).toBe(30);
    expect(read({ MESSAGE: [0xc3, 0xbc] })!.entry.text).toBe('ü');
    expect(readJournal('-- no entries --')).toBeUndefined();
  });
});

describe('which lines are wanted', () => {
  const now = new Date(2026, 0, 31, 12, 0, 0);
  const wanted = (options: Record<string, string>, id?: string) =>
    readWanted(id, new Map(Object.entries(options)), now);

  test.each([
    ['90s', new Date(2026, 0, 31, 11, 58, 30)],
    ['2h', new Date(2026, 0, 31, 10, 0, 0)],
    ['10:30', new Date(2026, 0, 31, 10, 30, 0)],
    ['23:15', new Date(2026, 0, 30, 23, 15, 0)],
    ['2026-01-30', new Date(2026, 0, 30)],
    ['2026-01-30 08:00', new Date(2026, 0, 30, 8)],
    ['2026-01-30T08:00:00Z', new Date(Date.UTC(2026, 0, 30, 8))],
  ])('since %s', (text, time) => {
    expect(wanted({ '--since': text }).since).toBe(time.getTime());
  });

  test.each([
    [{ '--since': 'yesterday' }, undefined, '--since: "yesterday" is no time'],
    [{ '--since': '25:00' }, undefined, 'is no time'],
    [{ '--since': '10' }, undefined, 'is no time'],
    [{ '--level': 'loud' }, undefined, 'Allowed: trace, debug, info, warn, error, fatal'],
    [{ '--lines': '0' }, undefined, '--lines: "0"'],
    [{}, 'abc', 'cannot be an id'],
    [{}, '../../etc', 'cannot be an id'],
  ])('%j %s is refused', (options, id, words) => {
    expect(() => wanted(options as Record<string, string>, id)).toThrow(words);
  });

  test('some screens where nothing is said, all of one id or time', () => {
    expect(wanted({}).lines).toBe(200);
    expect(wanted({ '--lines': 'all' }).lines).toBe(Infinity);
    expect(wanted({ '--since': '1h' }).lines).toBe(Infinity);
    expect(wanted({ '--lines': '5' }, 'abcdef').lines).toBe(5);
  });

  test('an id is that of a sandbox, a request or a leftover', () => {
    for (const key of ['sandbox', 'request', 'arose', 'id']) {
      const entry = readEntry(JSON.stringify({ level: 30, msg: 'abcdef', [key]: 'abcdef123' }), '');
      expect(isWanted(entry, wanted({}, 'abcdef'))).toBe(true);
      expect(isWanted(entry, wanted({}, 'bcdef1'))).toBe(false);
    }
  });
});

test('the log’s files are read on as they grow and are put aside, each line once, in the order of time', () => {
  const folder = temporaryFolder();
  const line = (time: number) => `${JSON.stringify({ level: 30, time, name: 'x', msg: String(time) })}\n`;
  const path = (name: string) => join(folder, name);
  writeFileSync(path('gateway.log.1'), line(0) + line(1));
  writeFileSync(path('gateway.log'), `${line(3)}Node says this\n${line(5).slice(0, 9)}`);
  writeFileSync(path('supervisor.log'), line(2) + line(4));
  writeFileSync(path('notes.txt'), line(9));
  const files = new LogFiles(folder);
  const news = () => files.news(() => true, Infinity).map(({ entry }) => entry.text);
  expect(news()).toEqual(['0', '1', '2', '3', 'Node says this', '4']);
  expect(news()).toEqual([]);
  appendFileSync(path('gateway.log'), `${line(5).slice(9)}${line(6)}`);
  renameSync(path('gateway.log'), path('gateway.log.1'));
  writeFileSync(path('gateway.log'), line(7));
  expect(news()).toEqual(['5', '6', '7']);
  expect(new LogFiles(folder).news(() => true, 1).at(-1)!.entry.text).toBe('7');
});
