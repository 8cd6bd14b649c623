import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testConfig } from '../support/config.ts';
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

describe.each(['crun', 'runc'] as const)('under %s', (runtime) => {
  let sandboxes: RealSandboxes;
  let images: string;
  let canary: string;

  beforeAll(async () => {
    images = mkdtempSync(join(tmpdir(), 'slipway-test-'));
    sandboxes = await RealSandboxes.open({ runtime, paths: { ...testConfig().paths, ...ownPaths(images) } });
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

  test.each(BROKEN)('an image is refused whose %s, and the host is not touched', async (title, make) => {
    const image = title.replaceAll(/[^a-z]+/g, '-').replaceAll(/^-|-$/g, '');
    const rootfs = join(images, image, 'rootfs');
    mkdirSync(rootfs, { recursive: true });
    make(rootfs, canary);
    const before = [statSync(canary), statSync(join(canary, 'file')), statSync('/dev/null')].map(whatMatters);

    const refused = sandboxes.start({ image });
    await expect(refused).rejects.toMatchObject({ name: 'DriverError', code: 'image-refused' });

    expect([statSync(canary), statSync(join(canary, 'file')), statSync('/dev/null')].map(whatMatters)).toEqual(before);
    expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('sings');
    const [left] = (await sandboxes.driver.list()).filter((each) => each.state !== 'stopped');
    expect(left).toBeUndefined();
    for (const { id } of await sandboxes.driver.list()) {
      expect(tracesOf(sandboxes.config, id, idsOf(sandboxes, id))).toEqual([]);
    }
  });

  test('an image that is refused says what is wrong with it', async () => {
    const rootfs = join(images, 'told', 'rootfs');
    link((mkdirSync(rootfs, { recursive: true }), rootfs), 'dev', 'zero', '/etc/passwd');
    await expect(sandboxes.start({ image: 'told' })).rejects.toThrow('/dev/zero in the image is a link');
  });

  test('what root in a sandbox puts into its own files is looked at as well, at the next start', async () => {
    const rootfs = join(images, 'plain');
    cpSync(join(testConfig().paths.images, Object.values(testConfig().images)[0]!), rootfs, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/\/usr\/(lib|share)\/.+\/|\/var\/lib\//.test(path) || /ld-linux|lib(c|tinfo|m|selinux|pcre2)[.-]/.test(path),
    });
    const id = await sandboxes.start({ image: 'plain' });
    // The real /dev of the overlay lies below the runtime's mount; its entry cannot be replaced while that is there.
    const { out } = await sandboxes.run(id, 'mv /dev /dev2 || rm -rf /sys || rmdir /proc || echo held', { root: true });
    expect(out).toBe('held\n');
  });
});

function ownPaths(images: string) {
  return { images };
}

function whatMatters({ uid, gid, mode, size, ino }: ReturnType<typeof statSync> & object) {
  return { uid, gid, mode, size, ino };
}
