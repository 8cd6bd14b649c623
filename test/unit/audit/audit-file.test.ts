import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AuditFile, type AuditFileOptions } from '../../../sandbox-server/audit/audit-file.ts';

const DAY = 86_400_000;

function fileIn(options: Partial<AuditFileOptions> = {}) {
  const parent = mkdtempSync(join(tmpdir(), 'slipway-audit-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, 'audit');
  const clock = { now: Date.parse('2026-01-01T12:00:00.000Z') };
  const warnings: string[] = [];
  const open = (more: Partial<AuditFileOptions> = {}) => {
    const log = { warn: (_: object, text: string) => void warnings.push(text) };
    const file = new AuditFile({ folder, keepMs: 3 * DAY, now: () => clock.now, log, ...options, ...more });
    onTestFinished(() => file[Symbol.dispose]());
    return file;
  };
  const kept = () =>
    readdirSync(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8').trim());
  return { folder, clock, warnings, open, kept };
}

test('only the server’s user reads it', () => {
  const { folder, open } = fileIn();
  open().write('one');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'audit.jsonl')).mode & 0o777).toBe(0o600);
});

test('a day is put aside, and what is older than may be kept is removed', () => {
  const { clock, open, kept } = fileIn();
  const file = open();
  for (const line of ['day 1', 'day 2', 'day 3', 'day 4', 'day 5']) {
    file.write(line);
    clock.now += DAY;
    file.tidy();
  }
  // Put aside a day after it was written: kept for three days from then on.
  expect(kept()).toEqual(['day 2', 'day 3', 'day 4', 'day 5']);
  clock.now += 3 * DAY + 1;
  file.tidy();
  expect(kept()).toEqual([]);
});

test('a server that is started again goes on in the same file, and tidies up', () => {
  const { clock, open, kept } = fileIn();
  open().write('one');
  open().write('two');
  expect(kept()).toEqual(['one\ntwo']);
  clock.now = Date.now() + 9 * DAY;
  open();
  expect(kept()).toEqual(['one\ntwo']); // put aside just now
  clock.now += 4 * DAY;
  open();
  expect(kept()).toEqual([]);
});

test('however much is written, no more than so many bytes are kept, the newest', () => {
  const { open, kept } = fileIn({ sizes: { file: 100, all: 350 } });
  const file = open();
  for (let each = 100; each < 200; each++) file.write(`${each} ${'x'.repeat(30)}`);
  const all = kept().join('\n').split('\n');
  expect(all.at(-1)).toMatch(/^199 /);
  expect(all.length * 35).toBeLessThan(350 + 100);
  expect(all.length).toBeGreaterThan(5);
  expect(all.map((line) => line.slice(0, 3))).toEqual(
    Array.from({ length: all.length }, (_, index) => String(200 - all.length + index)),
  );
});

test('where it cannot be written the server goes on, and the log is told once, and when it can again', () => {
  const { folder, open, warnings, kept } = fileIn();
  writeFileSync(folder, 'a file in its way');
  let lost = 0;
  const file = open({ onLost: () => lost++ });
  for (let each = 0; each < 5; each++) file.write('lost');
  expect(lost).toBe(5);
  expect(warnings).toEqual(['the audit log cannot be written']);
  rmSync(folder);
  file.write('again');
  expect(warnings).toEqual([
    'the audit log cannot be written',
    'the audit log is written again; lines are missing in it',
  ]);
  expect(kept()).toEqual(['again']);
});

test('where none is to be kept, none is written, and what was is removed', () => {
  const { folder, open } = fileIn();
  open().write('one');
  open({ keepMs: 0 }).write('two');
  expect(existsSync(folder)).toBe(false);
});
