import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

/** The process of the native program that copies a layer for this supervisor, which runs in this process. */
function copier(): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        const [, argument] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return argument === 'layer' && Number(parent) === process.pid;
      } catch {
        return false; // it has just ended
      }
    });
}

test.each(['ready', 'stopped'] as const)(
  'a copy that is killed half-way leaves no layer, and a sandbox that is %s as it was',
  async (state) => {
    await using sandboxes = await RealSandboxes.open();
    const { driver, config } = sandboxes;
    const limits = { ...sandboxes.spec.limits, diskBytes: 512 * 1024 * 1024 };
    const id = await sandboxes.start({ limits });
    await sandboxes.run(id, 'head -c 200M /dev/zero > large; echo whole > small', { timeoutMs: 60_000 });
    const terminal = await TestTerminal.open(driver, id, 'main');
    await terminal.shows(/\$ /);
    if (state === 'stopped') await driver.stop(id);
    const stored = driver.snapshot(id, 'layer').catch((error: unknown) => error);
    let pid: number | undefined;
    // From here on something is copied already.
    const half = join(config.paths.layers, '.half-layer');
    while ((pid = copier()) === undefined || !existsSync(half) || readdirSync(half).length === 0) await sleep(1);
    process.kill(pid, 'SIGKILL');
    expect(await stored).toMatchObject({ name: 'DriverError', code: 'unavailable' });
    expect(await driver.layers()).toEqual([]);
    expect(readdirSync(config.paths.layers)).toEqual([]);
    expect(await driver.status(id)).toBe(state);
    if (state === 'ready') {
      terminal.type('echo alive\n');
      await terminal.shows(/echo alive\r\n[^]*alive\r\n/);
    }
    await driver.snapshot(id, 'layer');
    const other = await sandboxes.start({ layers: ['layer'] });
    expect((await sandboxes.run(other, 'stat -c %s ~learner/large; cat ~learner/small')).out).toBe(
      '209715200\nwhole\n',
    );
  },
);

test('what a supervisor left half made is removed at its next start; whole layers stay', async () => {
  await using sandboxes = await RealSandboxes.open();
  const { layers } = sandboxes.config.paths;
  await sandboxes.driver.snapshot(await sandboxes.start(), 'whole');
  await mkdir(join(layers, '.half-other', 'etc'), { recursive: true });
  await writeFile(join(layers, '.half-other', 'etc', 'passwd'), '');
  await using again = await sandboxes.restarted();
  expect(await again.driver.layers()).toEqual(['whole']);
  expect(readdirSync(layers)).toEqual(['whole']);
});
