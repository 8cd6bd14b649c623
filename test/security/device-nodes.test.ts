import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../sandbox-server/config.ts';
import { attack, attackerOnHost } from '../support/attacker.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

const HOST_DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'loop-control', 'fuse', 'net/tun'];

function devices(): string[] {
  return HOST_DEVICES.map((name) => {
    const stat = statSync(`/dev/${name}`, { throwIfNoEntry: false });
    return stat ? `${name} ${stat.uid}:${stat.gid} ${stat.mode.toString(8)} ${stat.rdev}` : `${name} is not there`;
  });
}

describe.each(['crun', 'runc'] as const)('under %s', (runtime) => {
  let sandboxes: RealSandboxes;
  let id: string;
  let before: string[];

  beforeAll(async () => {
    before = devices();
    sandboxes = await RealSandboxes.open({ runtime });
    id = await sandboxes.start();
  });
  afterAll(() => sandboxes?.[Symbol.asyncDispose]());

  test.each([
    ['a learner', false],
    ['root in a sandbox', true],
  ])('%s can make no device', async (_who, root) => {
    const { out } = await sandboxes.run(
      id,
      `cd /tmp
       mknod null c 1 3 && echo null; mknod mem c 1 1 && echo mem; mknod kvm c 10 232 && echo kvm
       mknod loop b 7 0 && echo loop; mknod disk b 254 0 && echo disk; mknod whiteout c 0 0 && echo whiteout
       mknod /dev/x c 1 3 && echo dev; mknod /dev/shm/x c 1 3 && echo shm
       find / -xdev \\( -type b -o -type c \\) ! -path '/dev/*'`,
      { root },
    );
    expect(out).toBe('');
  });

  test('there are the harmless devices in a sandbox and no others, and no disk at all', async () => {
    // Asked of each path: a directory's own list tells what lies below a mounted device.
    const script =
      'for path in $(find /dev); do if [ -b "$path" ] || [ -c "$path" ]; then echo "$path"; fi; done | sort';
    const { out } = await sandboxes.run(id, script);
    const found = out
      .trim()
      .split('\n')
      .filter((path) => !/^\/dev\/pts\/\d+$/.test(path));
    expect(found).toEqual([
      '/dev/full',
      '/dev/null',
      '/dev/ptmx',
      '/dev/pts/ptmx',
      '/dev/random',
      '/dev/tty',
      '/dev/urandom',
      '/dev/zero',
    ]);
  });

  test.each([
    'mem',
    'kmem',
    'kvm',
    'port',
    'fuse',
    'loop-control',
    'net/tun',
    'vda',
    'sda',
    'mapper/control',
    'vhost-vsock',
    'uinput',
  ])('/dev/%s is not there', async (name) => {
    const { out } = await sandboxes.run(id, `ls -d /dev/${name} 2>/dev/null; true`, { root: true });
    expect(out).toBe('');
  });

  test('nothing that is done inside changes a device of the host', async () => {
    await sandboxes.run(
      id,
      `for d in null zero full random urandom tty; do
         chmod 600 /dev/$d; chown 1000:1000 /dev/$d; chmod 777 /proc/self/fd/0; rm -f /dev/$d; mv /dev/$d /dev/other; done`,
      { root: true },
    );
    await sandboxes.driver.stop(id);
    await sandboxes.driver.start(id);
    await Promise.all([1, 2, 3].map(() => sandboxes.start()));
    expect(devices()).toEqual(before);
    expect(statSync('/dev/null')).toMatchObject({ uid: 0, gid: 0, mode: 0o020_666 });
  });
});

test.each(['standard', 'containers'] as const)(
  'a device in an image is no device in a sandbox: %s',
  async (profile) => {
    const images = mkdtempSync(join(tmpdir(), 'slipway-test-'));
    const rootfs = join(images, 'with-device', 'rootfs');
    mkdirSync(join(rootfs, 'tmp'), { recursive: true });
    copyFileSync(await attackerOnHost(), join(rootfs, 'tmp', 'attacker'));
    execFileSync('mknod', ['-m', '666', join(rootfs, 'tmp', 'zero'), 'c', '1', '5']);
    try {
      await using sandboxes = await RealSandboxes.open({ paths: { images } as Config['paths'] });
      const id = await sandboxes.start({ ...sandboxes.specOf(profile), image: 'with-device' });
      expect(await attack(sandboxes, id, 'open-device', { root: true })).toEqual({ error: 'permission denied' });
    } finally {
      rmSync(images, { recursive: true });
    }
  },
);
