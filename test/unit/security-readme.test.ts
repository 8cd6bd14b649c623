import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FOLDER = join(import.meta.dirname, '../security');

test('the table of attacks names each file, and none that there is not', () => {
  const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  const rows = readme.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
  const named = rows.flatMap((row) => [...row.split(' | ')[1]!.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!));
  const files = readdirSync(FOLDER).flatMap((name) => /^(.*)\.test\.ts$/.exec(name)?.[1] ?? []);
  expect([...new Set(named)].sort()).toEqual(files.sort());
});
