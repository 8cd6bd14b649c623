import { afterAll, beforeAll, expect, test } from 'vitest';
import { idsOf } from '../support/host.ts';
import { destroyCleanly } from '../support/residue.ts';
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
  await destroyCleanly(sandboxes, first);
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

test('a sandbox that cannot start leaves as little as one that never was', async () => {
  const id = await sandboxes.start();
  await sandboxes.driver.stop(id);
  // Its disk is damaged beyond what a check mends.
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${sandboxes.config.paths.supervisorData}/sandboxes/${id}/disk.ext4`, Buffer.alloc(1024 * 1024));
  await expect(sandboxes.driver.start(id)).rejects.toMatchObject({ name: 'DriverError', code: 'start-failed' });
  expect(await sandboxes.driver.status(id)).toBe('stopped');
  await destroyCleanly(sandboxes, id);
});
