import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIMITS } from '../support/limits.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

test('a sandbox has the limits that its spec names', async () => {
  const read = async (script: string) => (await sandboxes.run(id, script)).out.trim();
  const group = (v2: string, v1: string) => `cat /sys/fs/cgroup/${v2} 2>/dev/null || cat /sys/fs/cgroup/${v1}`;
  expect(Number(await read(group('memory.max', 'memory/memory.limit_in_bytes')))).toBe(LIMITS.memoryBytes);
  expect(Number(await read(group('pids.max', 'pids/pids.max')))).toBe(LIMITS.processes);
  expect(await read('ulimit -Hn; ulimit -Sn')).toBe(`${LIMITS.openFiles}\n${LIMITS.openFiles}`);
  expect(await read('ulimit -Hc')).toBe('0');
  const [total, inodes] = (await read("stat -f -c '%b %S %c' /")).split(' ').map(Number) as [number, number];
  expect(total * 4096).toBeLessThanOrEqual(LIMITS.diskBytes * 4);
  expect(inodes).toBeGreaterThan(0);
  expect(Number(await read('stat -f -c %c /'))).toBeLessThanOrEqual(LIMITS.inodes + 64);
});

test('the limits of two sandboxes are their own', async () => {
  const larger = {
    ...LIMITS,
    memoryBytes: 2 * LIMITS.memoryBytes,
    processes: 2 * LIMITS.processes,
    diskBytes: 2 * LIMITS.diskBytes,
  };
  const other = await sandboxes.start({ limits: larger });
  const size = async (which: string) => Number((await sandboxes.run(which, 'df --output=size -B1 / | tail -n 1')).out);
  expect(await size(other)).toBeGreaterThan(1.5 * (await size(id)));
  expect(await size(id)).toBeLessThanOrEqual(LIMITS.diskBytes);
});

test('a disk and its limits are the same after a stop', async () => {
  const before = (await sandboxes.run(id, 'df --output=size,itotal / | tail -n 1; ulimit -n')).out;
  await sandboxes.driver.stop(id);
  await sandboxes.driver.start(id);
  expect((await sandboxes.run(id, 'df --output=size,itotal / | tail -n 1; ulimit -n')).out).toBe(before);
});
