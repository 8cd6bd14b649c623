import { expect, test } from 'vitest';
import { LIMITS } from '../support/limits.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

const BUSY = `
  for i in 1 2 3 4; do (while :; do :; done) & done
  for i in 1 2; do (while :; do head -c 8M /dev/zero > ~/x$i; sync ~/x$i; done) & done
  (while :; do cat /dev/urandom | head -c 1M > /dev/shm/x; done) &
  (while :; do find / -xdev > /dev/null 2>&1; done) &
  sleep 100`;

test('sandboxes that use all they can keep nobody from starting and using another', async () => {
  await using sandboxes = await RealSandboxes.open();
  const busy = await Promise.all([1, 2, 3].map(() => sandboxes.start()));
  const running = busy.map((id) => sandboxes.run(id, BUSY, { timeoutMs: 30_000 }).catch(() => undefined));
  const quiet = await sandboxes.start();
  const terminal = await TestTerminal.open(sandboxes.driver, quiet, 'main');
  await terminal.shows(/\$ /);
  for (let n = 0; n < 20; n++) {
    terminal.type(`echo answer-$((${n}))\n`);
    await terminal.shows(new RegExp(`answer-${n}\r\n`));
  }
  await expect
    .poll(async () =>
      (await Promise.all(busy.map((id) => sandboxes.driver.stats(id)))).every((stats) => stats.processes > 8),
    )
    .toBe(true);
  await Promise.all(busy.map((id) => sandboxes.driver.destroy(id)));
  await Promise.all(running);
  expect(await sandboxes.driver.list()).toMatchObject([{ id: quiet, state: 'ready' }]);
});

test('no sandbox gets more processor time than it may', async () => {
  await using sandboxes = await RealSandboxes.open();
  const id = await sandboxes.start({ limits: { ...LIMITS, cpus: 0.5 } });
  const before = (await sandboxes.driver.stats(id)).cpuMicroseconds;
  const began = performance.now();
  await sandboxes.run(id, 'for i in 1 2 3 4; do (timeout 3 sh -c "while :; do :; done") & done; wait');
  const used = (await sandboxes.driver.stats(id)).cpuMicroseconds - before;
  const share = used / 1000 / (performance.now() - began);
  expect(share).toBeGreaterThan(0.05);
  expect(share).toBeLessThan(0.65);
});
