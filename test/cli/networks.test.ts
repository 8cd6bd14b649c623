import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { Finding } from '../../sandbox-server/cli/doctor/finding.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { slipway } from './slipway.ts';

const BROKEN = join(import.meta.dirname, '../fixtures/broken');

/** A folder of courses with one whose sandboxes ask for the internet. */
function lessons(): string {
  const folder = join(temporaryFolder(), 'lessons');
  for (const layer of ['_sound', 'image-network']) cpSync(join(BROKEN, layer), folder, { recursive: true });
  return folder;
}

const TOLD =
  /image\.yaml:2:1: sandboxes of this image ask for internet, which the setting networks does not allow[^]*--networks internet/;

test.each([
  ['start', '--no-install'],
  ['prepare', '--no-install'],
  ['lesson', 'check'],
])('`slipway %s %s` refuses a course that asks for more than is allowed, and names the setting', async (...command) => {
  const places = ['--data', join(temporaryFolder(), 'data'), '--run', join(temporaryFolder(), 'run')];
  const { status, output } = await slipway(...command, '--lessons', lessons(), ...places);
  expect(output).toMatch(TOLD);
  expect(status).toBe(1);
});

test('`slipway lesson check` has nothing to say where it is allowed', async () => {
  const { status, output } = await slipway('lesson', 'check', '--lessons', lessons(), '--networks', 'internet');
  expect({ status, output }).toEqual({ status: 0, output: '2 lessons, no mistakes.\n' });
});

test('the doctor tells what such a course needs, where there is one', async () => {
  const found = async (...args: string[]) => {
    const { output } = await slipway('doctor', '--json', ...args);
    const findings = JSON.parse(output) as Finding[];
    return findings
      .filter(({ name }) => /Network|internet|Resolver/.test(name))
      .map(({ name, verdict }) => [name, verdict]);
  };
  expect(await found()).toEqual([]);
  expect(await found('--lessons', lessons())).toEqual([['Networks', 'lack']]);
  expect(await found('--lessons', lessons(), '--networks', 'internet')).toEqual([
    ['Networks', 'ok'],
    ['Way to the internet', 'ok'],
    ['Resolver', 'ok'],
  ]);
});
