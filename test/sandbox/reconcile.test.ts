import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomId } from '../../sandbox-server/session/ids.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

test('what a crash left of a sandbox that nobody has is removed; a running one and the runtime’s own files stay', async () => {
  await using sandboxes = await RealSandboxes.open();
  const runs = await sandboxes.start();
  const { run } = sandboxes.config;
  const left = join(run, 'sandboxes', randomId());
  await mkdir(join(left, 'bundle'), { recursive: true });
  const cache = join(run, 'runtime', '.cache');
  await mkdir(cache, { recursive: true });
  await writeFile(join(cache, 'filter'), '');
  expect(await sandboxes.supervisor.sandboxes.reconcile()).toEqual([left.split('/').at(-1)]);
  expect([existsSync(left), existsSync(join(cache, 'filter'))]).toEqual([false, true]);
  expect(await sandboxes.driver.status(runs)).toBe('ready');
});

test('a sandbox whose description cannot be read is kept, and said to exist', async () => {
  await using sandboxes = await RealSandboxes.open();
  const id = await sandboxes.start();
  await sandboxes.driver.stop(id);
  const meta = join(sandboxes.config.paths.supervisorData, 'sandboxes', id, 'meta.json');
  await writeFile(meta, '{"spec":');
  await using again = await sandboxes.restarted();
  expect(await again.driver.list()).toMatchObject([{ id, state: 'stopped' }]);
  await expect(again.driver.start(id)).rejects.toMatchObject({ code: 'start-failed' });
  expect(existsSync(join(meta, '..', 'disk.ext4'))).toBe(true);
});
