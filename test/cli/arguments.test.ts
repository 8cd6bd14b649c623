import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../support/temporary-folder.ts';
import { slipway } from './slipway.ts';

test.each([
  [
    ['start', '--port', 'abc'],
    ['--port', '"abc"', '0 to 65535'],
  ],
  [
    ['start', '--prot', '80'],
    ['--prot is not a setting', 'Did you mean --port?'],
  ],
  [
    ['start', '--config', '/nowhere.yaml'],
    ['configuration file cannot be read', '/nowhere.yaml'],
  ],
  [['strat'], ['"strat" is not a command', 'start']],
  [['image'], ['"image" is not a command', 'image build']],
])('%j ends with 2 and says what is wrong', async (args, words) => {
  const { status, output } = await slipway(...args);
  expect(status).toBe(2);
  for (const word of words) expect(output).toContain(word);
  expect(output).not.toMatch(/^\s+at /m);
});

test('a wrong line in the configuration file is named', async () => {
  const file = join(temporaryFolder(), 'class.yaml');
  writeFileSync(file, 'host: 127.0.0.1\nmemory: lots\n');
  const { status, output } = await slipway('start', '--config', file);
  expect(status).toBe(2);
  expect(output).toContain(`${file}:2: memory: "lots" cannot be used. Allowed: a size`);
});

test.each(['/proc/x', '/dev/null'])('a data folder that cannot be one, %s, is named', async (folder) => {
  const { status, output } = await slipway('start', '--data', folder);
  expect(status).toBe(1);
  expect(output).toContain(`The folder ${folder} cannot be used.`);
  expect(output).toContain('What to do:');
});

test.each([['start'], ['image', 'build'], ['clean']])('%s --help tells the settings', async (...words) => {
  const { status, output } = await slipway(...words, '--help');
  expect(status).toBe(0);
  expect(output).toContain('--max-sandboxes N');
});

test('without arguments all commands are listed', async () => {
  const { status, output } = await slipway();
  expect(status).toBe(0);
  for (const name of ['start', 'doctor', 'clean', 'image build', 'test', 'check'])
    expect(output).toContain(`  ${name} `);
});
