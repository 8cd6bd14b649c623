import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allTracesOf, cgroupsIn, idsOf, loopsOf, processesIn } from '../support/host.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

test('a sandbox with the ids of one that is gone finds nothing of it', async () => {
  const first = await sandboxes.start();
  const ids = idsOf(sandboxes, first);
  await sandboxes.run(
    first,
    'echo secret > ~/note; echo secret > /tmp/note; echo secret > /dev/shm/note; ipcmk -M 4096; crontab -l; echo secret >> ~/.bash_history',
  );
  await sandboxes.run(first, 'echo secret >> /etc/motd; useradd evil', { root: true });
  await sandboxes.driver.destroy(first);
  const second = await sandboxes.start();
  expect(idsOf(sandboxes, second)).toEqual(ids);
  const { out } = await sandboxes.run(
    second,
    'grep -rl secret /home /tmp /etc/motd /dev/shm /var/tmp /root 2>/dev/null; ipcs -m | grep -c ^0x; grep -c evil /etc/passwd',
    { root: true },
  );
  expect(out).toBe('0\n0\n');
  await sandboxes.driver.destroy(second);
});

test('what a learner changes in the image’s files is in no other sandbox, and not in the image', async () => {
  const [one, two] = await Promise.all([sandboxes.start(), sandboxes.start()]);
  await sandboxes.run(one, 'echo changed > /etc/motd; rm -rf /usr/bin/less; chmod 777 /etc; chown 1000 /usr/bin/env', {
    root: true,
  });
  const look = 'cat /etc/motd; ls /usr/bin/less; stat -c "%a %U" /etc /usr/bin/env';
  const other = await sandboxes.run(two, look);
  expect(other.out).not.toContain('changed');
  expect(other.out).toContain('/usr/bin/less\n755 root\n755 root\n');
  const fresh = await sandboxes.start();
  expect((await sandboxes.run(fresh, look)).out).toBe(other.out);
  await Promise.all([one, two, fresh].map((id) => sandboxes.driver.destroy(id)));
});

test('a hundred sandboxes made and destroyed leave descriptors, mounts, groups and devices as they were', async () => {
  const { config } = sandboxes;
  const state = () => ({
    descriptors: readdirSync('/proc/self/fd').length,
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').split('\n').length,
    groups: cgroupsIn(config.cgroup),
    loops: loopsOf(config.paths.supervisorData),
    processes: processesIn(config.cgroup),
    sandboxes: readdirSync(`${config.run}/sandboxes`),
    runtime: readdirSync(`${config.run}/runtime`).filter((name) => name.length === 26),
    disks: readdirSync(`${config.paths.supervisorData}/sandboxes`),
  });
  const cycle = async () => {
    const id = await sandboxes.start();
    expect((await sandboxes.run(id, 'echo here')).out).toBe('here\n');
    await sandboxes.driver.destroy(id);
    return id;
  };
  await cycle();
  await expect.poll(() => state().loops, { timeout: 5000 }).toEqual([]);
  const before = state();
  const memory = process.memoryUsage.rss();
  for (let n = 0; n < 20; n++) await Promise.all([1, 2, 3, 4, 5].map(cycle));
  await expect.poll(() => ({ ...state(), descriptors: 0 }), { timeout: 5000 }).toEqual({ ...before, descriptors: 0 });
  // A socket or a timer of the test's own comes and goes.
  expect(Math.abs(state().descriptors - before.descriptors)).toBeLessThan(10);
  expect(process.memoryUsage.rss() - memory).toBeLessThan(200 * 1024 * 1024);
});

test('a sandbox that cannot start leaves as little as one that never was', async () => {
  const id = await sandboxes.start();
  const ids = idsOf(sandboxes, id);
  await sandboxes.driver.stop(id);
  // Its disk is damaged beyond what a check mends.
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${sandboxes.config.paths.supervisorData}/sandboxes/${id}/disk.ext4`, Buffer.alloc(1024 * 1024));
  await expect(sandboxes.driver.start(id)).rejects.toMatchObject({ name: 'DriverError', code: 'start-failed' });
  expect(await sandboxes.driver.status(id)).toBe('stopped');
  await sandboxes.driver.destroy(id);
  await expect.poll(() => allTracesOf(sandboxes.config, id, ids)).toEqual([]);
});
