import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'test/security');

test('the table of attacks names each file, and none that there is not', () => {
  const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  const rows = readme.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
  const named = rows.flatMap((row) => [...row.split(' | ')[1]!.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!));
  const files = readdirSync(FOLDER).flatMap((name) => /^(.*)\.test\.ts$/.exec(name)?.[1] ?? []);
  expect([...new Set(named)].sort()).toEqual(files.sort());
});

test('each promise of SECURITY.md names tests that there are', () => {
  const text = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');
  const rows = /\n## What is promised\n([^]*?)\n## /
    .exec(text)![1]!
    .split('\n')
    .filter((line) => /^\| (?!Promise|-)/.test(line));
  expect(rows.length).toBeGreaterThan(15);
  const isThere = (name: string) =>
    [`test/security/${name}.test.ts`, `test/faults/${name}.test.ts`, `${name}.test.ts`, name].some((path) =>
      existsSync(join(ROOT, path)),
    );
  for (const row of rows) {
    const names = [...row.split(' | ')[1]!.matchAll(/`([^`*]+)`/g)].map(([, name]) => name!);
    expect(names, row).not.toEqual([]);
    expect(names.filter((name) => !isThere(name))).toEqual([]);
  }
});
