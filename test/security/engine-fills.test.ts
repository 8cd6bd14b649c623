import { afterAll, beforeAll, expect, test } from 'vitest';
import { askInit } from '../../sandbox-server/sandbox/init/ask.ts';
import { buildBusybox, dockerIn } from '../support/engine.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;
let id: string;
let neighbour: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start(sandboxes.specOf('containers'));
  neighbour = await sandboxes.start(sandboxes.specOf('containers'));
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

async function isAlone(): Promise<void> {
  const { limits } = sandboxes.specOf('containers');
  expect((await sandboxes.driver.stats(id)).memoryBytes).toBeLessThanOrEqual(limits.memoryBytes + (32 << 20));
  expect(await askInit(await sandboxes.driver.connect(id), { op: 'status' }, 5000)).toMatchObject({ ok: true });
  const { out } = await sandboxes.run(
    neighbour,
    'head -c 40M /dev/zero > /dev/shm/x && sync && echo room; rm /dev/shm/x',
  );
  expect(out).toBe('room\n');
}

test('a file system in memory that root mounts and fills is the sandbox’s own loss, and a restart frees it', async () => {
  const fill = 'mkdir /ram; mount -t tmpfs -o size=90% x /ram; head -c 4G /dev/zero > /ram/full';
  await sandboxes.run(id, fill, { root: true });
  await isAlone();
  await sandboxes.driver.stop(id);
  await sandboxes.driver.start(id);
  expect((await sandboxes.driver.stats(id)).memoryBytes).toBeLessThan(64 << 20);
});

test('a disk that containers and volumes fill is the learner’s own, and what they remove is there again', async () => {
  const sh = dockerIn(sandboxes, id);
  await buildBusybox(sh);
  await sh('docker volume create big');
  const fill = 'docker run --rm -v big:/big box dd if=/dev/zero of=/big/full bs=1M';
  expect(await sh(`${fill} 2>&1 || true`)).toContain('No space left on device');
  expect((await sandboxes.run(neighbour, 'head -c 20M /dev/zero > ~/x && sync ~/x && rm ~/x && echo room')).out).toBe(
    'room\n',
  );
  await isAlone();
  await sh('docker volume rm big');
  expect(await sh('docker run --rm box echo again')).toBe('again\n');
});
