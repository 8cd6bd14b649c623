import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Config } from '../../sandbox-server/config.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { idsOf, tracesOf } from '../support/host.ts';

/** What an image has at a place where the runtime mounts or makes something. CVE-2019-16884, -2025-31133, -52565. */
const BROKEN: [title: string, make: (rootfs: string, canary: string) => void][] = [
  ['/dev is a link', (rootfs, canary) => symlinkSync(canary, join(rootfs, 'dev'))],
  ['/dev/null is a link', (rootfs, canary) => link(rootfs, 'dev', 'null', join(canary, 'file'))],
  ['/dev/console is a link', (rootfs, canary) => link(rootfs, 'dev', 'console', join(canary, 'file'))],
  ['/dev/pts is a link', (rootfs, canary) => link(rootfs, 'dev', 'pts', canary)],
  ['/dev/shm is a link', (rootfs, canary) => link(rootfs, 'dev', 'shm', canary)],
  ['/dev/ptmx is a link', (rootfs) => link(rootfs, 'dev', 'ptmx', '/proc/sys/kernel/core_pattern')],
  ['/proc is a link', (rootfs, canary) => symlinkSync(canary, join(rootfs, 'proc'))],
  ['/proc is a link into itself', (rootfs) => symlinkSync('proc', join(rootfs, 'proc'))],
  ['/sys is a link', (rootfs) => symlinkSync('/proc/1/root', join(rootfs, 'sys'))],
  ['/dev is a file', (rootfs) => writeFileSync(join(rootfs, 'dev'), '')],
];

function link(rootfs: string, dir: string, name: string, target: string): void {
  mkdirSync(join(rootfs, dir));
  symlinkSync(target, join(rootfs, dir, name));
}

/** Places where something is mounted besides. The runtime looks for them inside the image's root, and nowhere else. */
const MOUNTED = ['run', 'var/lib/docker', 'var/lib', 'var', 'etc'];

describe.each([
  ['crun', 'standard'],
  ['crun', 'containers'],
  ['runc', 'standard'],
  ['runc', 'containers'],
] as const)('under %s, profile %s', (runtime, profile) => {
  let sandboxes: RealSandboxes;
  let images: string;
  let canary: string;

  beforeAll(async () => {
    images = mkdtempSync(join(tmpdir(), 'slipway-test-'));
    sandboxes = await RealSandboxes.open({ runtime, paths: { images } as Config['paths'] });
  });
  beforeEach(() => {
    canary = mkdtempSync(join(tmpdir(), 'slipway-canary-'));
    writeFileSync(join(canary, 'file'), 'sings', { mode: 0o640 });
  });
  afterEach(() => rmSync(canary, { recursive: true }));
  afterAll(async () => {
    await sandboxes?.[Symbol.asyncDispose]();
    rmSync(images, { recursive: true });
  });

  // It is refused before any runtime sees it: of the four ways to start, three try each.
  const broken = runtime === 'runc' && profile === 'containers' ? BROKEN.slice(0, 2) : BROKEN;

  test.each(broken)('an image is refused whose %s, and the host is not touched', async (title, make) => {
    const image = title.replaceAll(/[^a-z]+/g, '-').replaceAll(/^-|-$/g, '');
    const rootfs = join(images, image, 'rootfs');
    mkdirSync(rootfs, { recursive: true });
    make(rootfs, canary);
    const before = [statSync(canary), statSync(join(canary, 'file')), statSync('/dev/null')].map(whatMatters);

    const refused = sandboxes.start({ ...sandboxes.specOf(profile), image });
    await expect(refused).rejects.toMatchObject({ name: 'DriverError', code: 'image-refused' });

    expect([statSync(canary), statSync(join(canary, 'file')), statSync('/dev/null')].map(whatMatters)).toEqual(before);
    expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('sings');
    const [left] = (await sandboxes.driver.list()).filter((each) => each.state !== 'stopped');
    expect(left).toBeUndefined();
    for (const { id } of await sandboxes.driver.list()) {
      expect(tracesOf(sandboxes.config, id, idsOf(sandboxes, id))).toEqual([]);
      await sandboxes.driver.destroy(id);
    }
  });

  test('an image that is refused says what is wrong with it', async () => {
    const rootfs = join(images, 'told', 'rootfs');
    link((mkdirSync(rootfs, { recursive: true }), rootfs), 'dev', 'zero', '/etc/passwd');
    await expect(sandboxes.start({ ...sandboxes.specOf(profile), image: 'told' })).rejects.toThrow(
      '/dev/zero in the image is a link',
    );
  });

  test('an image with nothing in it is no danger, and starts', async () => {
    mkdirSync(join(images, 'empty', 'rootfs'), { recursive: true });
    const id = await sandboxes.start({ ...sandboxes.specOf(profile), image: 'empty' });
    expect(await sandboxes.driver.status(id)).toBe('ready');
  });

  test.runIf(profile === 'containers').each(MOUNTED)(
    'an image whose /%s is a link leads nothing that is mounted onto the host',
    async (name) => {
      const image = `mounted-${name.replaceAll(/[^a-z]/g, '-')}`;
      const rootfs = join(images, image, 'rootfs');
      mkdirSync(dirname(join(rootfs, name)), { recursive: true });
      symlinkSync(canary, join(rootfs, name));
      const before = [statSync(canary), statSync(join(canary, 'file'))].map(whatMatters);
      // It may start, with the place of that name inside, or be refused.
      const id = await sandboxes.start({ ...sandboxes.specOf(profile), image }).catch((error: Error) => {
        expect(error.name).toBe('DriverError');
      });
      expect(readdirSync(canary)).toEqual(['file']);
      expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('sings');
      expect([statSync(canary), statSync(join(canary, 'file'))].map(whatMatters)).toEqual(before);
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(canary);
      if (id !== undefined) await sandboxes.driver.destroy(id);
    },
  );
});

test('root in a sandbox cannot put links in these places for the next start to find', async () => {
  await using sandboxes = await RealSandboxes.open();
  const id = await sandboxes.start();
  const script =
    'for d in dev proc sys; do mv /$d /$d-2; rmdir /$d; rm -rf /$d; ln -sfn /tmp /$d; done; ls -ld /dev /proc /sys';
  await sandboxes.run(id, script, { root: true });
  await sandboxes.driver.stop(id);
  await sandboxes.driver.start(id);
  const { out } = await sandboxes.run(id, 'stat -c "%n %F %d" /dev /proc /sys / | sort -u -k3');
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => line.replace(/ \d+$/, ''))
      .sort(),
  ).toEqual(['/ directory', '/dev directory', '/proc directory', '/sys directory']);
});

test('nor can root that may unmount what is mounted there', async () => {
  await using sandboxes = await RealSandboxes.open();
  const host = ['/dev/null', '/etc/hostname', '/run'].map((path) => whatMatters(statSync(path)));
  for (const places of [['dev'], ['proc', 'sys'], ['run', 'var/lib/docker']]) {
    const id = await sandboxes.start(sandboxes.specOf('containers'));
    await sandboxes.run(
      id,
      // What does this is held open: it goes on without its /dev.
      `exec 2>&1; ${places.map((place) => `while umount -l /${place}; do :; done; rm -rf /${place}; ln -sfn / /${place}`).join('; ')}`,
      { root: true },
    );
    await sandboxes.driver.stop(id);
    const started = await sandboxes.driver.start(id).then(
      () => true,
      (error: Error & { code?: string }) => {
        expect(error.code).toMatch(/^(?:image-refused|start-failed)$/);
        return false;
      },
    );
    if (started) {
      const { out } = await sandboxes.run(id, 'ls -d /proc/self/fd/0 /dev/null; readlink -f /etc/hostname');
      expect(out).toContain('/dev/null');
    }
    await sandboxes.driver.destroy(id);
  }
  expect(['/dev/null', '/etc/hostname', '/run'].map((path) => whatMatters(statSync(path)))).toEqual(host);
});

function whatMatters({ uid, gid, mode, size, ino }: ReturnType<typeof statSync> & object) {
  return { uid, gid, mode, size, ino };
}
