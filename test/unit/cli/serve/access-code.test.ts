import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureAccessCode } from '../../../../sandbox-server/cli/serve/access-code.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('an access code is made once, and stays', () => {
  const path = join(temporaryFolder(), 'access-code');
  const code = ensureAccessCode(path, undefined);
  expect(code).toMatch(/^[a-z2-9]{10}$/);
  expect(ensureAccessCode(path, undefined)).toBe(code);
});

test('one that an interrupted restore was putting back is the one that is told', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'access-code'), 'of-today\n');
  mkdirSync(join(folder, 'restore.ready'));
  writeFileSync(join(folder, 'restore.ready', 'access-code'), 'of-the-backup\n');
  expect(ensureAccessCode(join(folder, 'access-code'), undefined)).toBe('of-the-backup');
  expect(readFileSync(join(folder, 'access-code'), 'utf8')).toBe('of-the-backup\n');
});
