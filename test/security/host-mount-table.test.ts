import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RealSandboxes } from '../support/sandboxes.ts';

test.each([
  ['crun', 'standard'],
  ['crun', 'containers'],
  ['runc', 'standard'],
  ['runc', 'containers'],
] as const)(
  'the host’s mount table shows nothing of a sandbox, running or gone, under %s, profile %s',
  async (runtime, profile) => {
    await using sandboxes = await RealSandboxes.open({ runtime });
    const { run, data } = sandboxes.config;
    const table = () => readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    const ours = () =>
      table().filter((line) => line.includes(run) || line.includes(`${data}/`) || / - overlay slipway /.test(line));
    expect(ours()).toEqual([]);
    const spec = sandboxes.specOf(profile);
    const ids = await Promise.all([sandboxes.start(spec), sandboxes.start(spec)]);
    const { out } = await sandboxes.run(ids[0], 'cat /proc/self/mountinfo');
    expect(out).toMatch(/ - overlay slipway /);
    expect(ours()).toEqual([]);
    await Promise.all(ids.map((id) => sandboxes.driver.destroy(id)));
    expect(ours()).toEqual([]);
  },
);

test('a sandbox mounts nothing that the host or a neighbour would see', async () => {
  await using sandboxes = await RealSandboxes.open();
  const [id, neighbour] = await Promise.all([sandboxes.start(), sandboxes.start()]);
  const { out } = await sandboxes.run(neighbour!, 'cat /proc/self/mountinfo');
  expect(out.split('\n').filter((line) => /shared:|master:|propagate_from:/.test(line))).toEqual([]);
  const attempts =
    'mount -t tmpfs x /mnt; mount --bind / /mnt; mount --make-rshared /; unshare -rm true; umount -l /proc; pivot_root . .';
  const { out: after } = await sandboxes.run(id!, `${attempts}; cat /proc/self/mountinfo`, { root: true });
  expect(after.split('\n')).toHaveLength(out.split('\n').length);
});
