import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIMITS } from '../support/limits.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

// A rate has a least time, which a busy machine only makes longer.
let sandboxes: RealSandboxes;
let id: string;

const MEGABYTE = 1_000_000;
const RATE = 8 * MEGABYTE;
/** What a kernel may let through at once before it counts. */
const SLACK = 0.6;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start({ limits: { ...LIMITS, diskBytesPerSecond: RATE } });
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

async function secondsOf(script: string): Promise<number> {
  const began = performance.now();
  const { status, err } = await sandboxes.run(id, script, { timeoutMs: 60_000 });
  expect(err).toBe('');
  expect(status).toBe(0);
  return (performance.now() - began) / 1000;
}

test('a learner writes no faster than they may, through the page cache too', async () => {
  // Written by the kernel's own threads: with a file's name, sync would have the learner's process write it.
  const seconds = await secondsOf('head -c 24000000 /dev/zero > ~/big; sync');
  expect(seconds).toBeGreaterThan((24 * MEGABYTE * SLACK) / RATE);
  await sandboxes.run(id, 'rm ~/big; sync');
});

test('a learner who waits for the disk after each small write has it so many times a second', async () => {
  const seconds = await secondsOf('dd if=/dev/zero of=$HOME/small bs=512 count=150 oflag=sync status=none');
  // Each is more than one operation, of which there are 100 a second.
  expect(seconds).toBeGreaterThan(1);
});

test('the limits of a disk end with its sandbox, whose device others use then', async () => {
  // Others' limits come and go meanwhile: this one is told by its number.
  const rate = 7_654_321;
  const rules = () =>
    ['write_bps', 'write_iops']
      .map((limit) => `/sys/fs/cgroup/blkio/blkio.throttle.${limit}_device`)
      .filter((file) => existsSync(file))
      .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
      .filter((line) => line.endsWith(` ${rate}`));
  const other = await sandboxes.start({ limits: { ...LIMITS, diskBytesPerSecond: rate } });
  if (existsSync('/sys/fs/cgroup/blkio')) expect(rules()).toHaveLength(1);
  await sandboxes.driver.destroy(other);
  expect(rules()).toEqual([]);
});
