import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesOf } from '../../../site/course/files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MIB = 2 ** 20;

test('as much as a lesson may have is no mistake, a byte and a file more is', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'many'));
  for (let n = 0; n < 3999; n++) writeFileSync(join(folder, 'many', `${n}`), '');
  truncateSync(join(folder, 'many', '0'), 32 * MIB);
  expect(await filesOf(folder)).toMatchObject({ mistakes: [] });
  writeFileSync(join(folder, 'more'), 'x');
  const { mistakes } = await filesOf(folder);
  expect(mistakes.map(({ what }) => what)).toEqual([
    'the files of "files/" are 33 MiB together',
    '"files/" holds 4001 files and folders',
  ]);
});
