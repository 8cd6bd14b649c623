import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../support/temporary-folder.ts';
import { slipway } from './slipway.ts';

/** An instance whose server does not run, with the disk of one learner. */
function instance() {
  const folder = temporaryFolder();
  const [data, run] = [join(folder, 'data'), join(folder, 'r')];
  for (const made of ['supervisor/sandboxes/x', 'gateway', 'program/abc', 'log'])
    mkdirSync(join(data, made), { recursive: true });
  writeFileSync(join(data, 'supervisor/sandboxes/x/disk'), 'work');
  writeFileSync(join(data, 'host-changes.json'), '{"packages":["crun","runc"],"users":[]}');
  mkdirSync(run);
  return { data, run, args: ['--data', data, '--run', run, '--cgroup', `slipway-clean-${process.pid}`] };
}

test('clean without --yes refuses to delete learners’ work where it cannot ask', async () => {
  const { data, args } = instance();
  const { status, output } = await slipway('clean', ...args);
  expect(status).toBe(1);
  expect(output).toContain('the files of 1 learners’ sandboxes');
  expect(existsSync(join(data, 'supervisor/sandboxes/x/disk'))).toBe(true);
});

test('clean removes the folders and lists the Debian packages that stay', async () => {
  const { data, run, args } = instance();
  const { status, output } = await slipway('clean', ...args, '--yes');
  expect(status).toBe(0);
  expect(existsSync(data) || existsSync(run)).toBe(false);
  expect(output).toContain('apt-get purge --autoremove crun runc');
});

test('clean leaves what is not Slipway’s, and says so', async () => {
  const { data, args } = instance();
  writeFileSync(join(data, 'thesis.txt'), '');
  const { status, output } = await slipway('clean', ...args, '--yes');
  expect(status).toBe(0);
  expect(output).toContain(join(data, 'thesis.txt'));
  expect(readdirSync(data)).toEqual(['thesis.txt']);
});

test('clean of a named folder leaves the clone as it is', async () => {
  const { args } = instance();
  await slipway('clean', ...args, '--yes');
  expect(existsSync(join(import.meta.dirname, '../../build/slipway-native'))).toBe(true);
});
