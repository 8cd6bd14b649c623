import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';

import { FIXTURE_LESSONS } from '../support/site.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { slipway } from './slipway.ts';

const BROKEN = join(import.meta.dirname, '../fixtures/broken');

let lessons: string;

beforeEach(() => {
  lessons = join(temporaryFolder(), 'lessons');
  for (const layer of ['_sound', 'fence-unknown-terminal']) cpSync(join(BROKEN, layer), lessons, { recursive: true });
});

describe('slipway lesson check', () => {
  test('ends with 0 where nothing is wrong', async () => {
    expect(await slipway('lesson', 'check', FIXTURE_LESSONS)).toEqual({
      status: 0,
      output: '3 lessons, no mistakes.\n',
    });
  });

  test('ends with 1, and tells file, line, column, what was expected and the mend', async () => {
    // Without a path, what the setting says.
    const { status, output } = await slipway('lesson', 'check', '--lessons', lessons);
    expect(status).toBe(1);
    expect(output).toContain(`${lessons}/course/01-lesson/index.md:7:20: the lesson has no terminal "second"`);
    expect(output).toContain('  expected: one of main\n');
    expect(output).toContain('  mend: Write "terminal=main"');
    expect(output).toContain('2 lessons, 1 mistake.');
  });

  test('--json prints a list for programs, and nothing else', async () => {
    const { status, output } = await slipway('lesson', 'check', lessons, '--json');
    expect(status).toBe(1);
    expect(JSON.parse(output)).toEqual([
      {
        file: `${lessons}/course/01-lesson/index.md`,
        line: 7,
        column: 20,
        what: 'the lesson has no terminal "second"',
        expected: 'one of main',
        mend: expect.stringContaining('Write "terminal=main"') as string,
      },
    ]);
  });

  test.each([
    [['/nowhere'], 'There is no /nowhere.'],
    [['--jsno'], 'Did you mean --json?'],
  ])('ends with 2 where it is asked in the wrong way: %j', async (args, told) => {
    const { status, output } = await slipway('lesson', 'check', ...args);
    expect([status, output]).toEqual([2, expect.stringContaining(told)]);
  });
});
