import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

import { newestFile, versionsIn } from '../../../sandbox-server/registry/images/debian.ts';
import { labelsOf } from '../../../sandbox-server/registry/images/labels.ts';
import { blobPath, readManifest, writeImage, writeLayer } from '../../../sandbox-server/registry/images/layout.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NEWEST = 1_600_000_000;

/** The same files, made in another order and at another time. */
function tree(names: readonly string[], time: number): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'etc'));
  for (const name of names) {
    writeFileSync(join(folder, 'etc', name), name);
    utimesSync(join(folder, 'etc', name), time, time);
  }
  symlinkSync('a', join(folder, 'etc/link'));
  return folder;
}

test('the same tree made at another time is the same layer', async () => {
  const first = await writeLayer(temporaryFolder(), tree(['a', 'b'], NEWEST + 5), NEWEST);
  const second = await writeLayer(temporaryFolder(), tree(['b', 'a'], NEWEST + 99), NEWEST);
  expect(second).toEqual(first);
  const other = await writeLayer(temporaryFolder(), tree(['a', 'c'], NEWEST + 5), NEWEST);
  expect(other.digest).not.toBe(first.digest);
});

test('a layer’s digests are those of the archive and of what is compressed', async () => {
  const layout = temporaryFolder();
  const layer = await writeLayer(layout, tree(['a'], 1), NEWEST);
  const bytes = readFileSync(blobPath(layout, layer.digest));
  const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
  expect([layer.digest, layer.size]).toEqual([digestOf(bytes), bytes.length]);
  expect(layer.diffId).toBe(digestOf(gunzipSync(bytes)));
  const listing = execFileSync('tar', ['tz'], { input: bytes, encoding: 'utf8' }).trim().split('\n');
  expect(listing).toEqual(['./', './etc/', './etc/a', './etc/link']);
});

test('an image says what it runs and is labelled', async () => {
  const layout = temporaryFolder();
  const layer = await writeLayer(layout, tree(['a'], 1), NEWEST);
  writeImage(layout, layer, { Cmd: ['sh'], Labels: { title: 'x' } }, new Date(NEWEST * 1000));
  const { manifest } = readManifest(layout);
  expect(manifest.layers).toEqual([{ mediaType: layer.mediaType, digest: layer.digest, size: layer.size }]);
  expect(JSON.parse(readFileSync(blobPath(layout, manifest.config.digest), 'utf8'))).toMatchObject({
    os: 'linux',
    created: '2020-09-13T12:26:40.000Z',
    config: { Cmd: ['sh'], Labels: { title: 'x' } },
    rootfs: { diff_ids: [layer.diffId] },
  });
});

test('the newest file is that of a package, not what the build wrote', () => {
  const folder = tree(['a'], NEWEST);
  writeFileSync(join(folder, 'built-now'), '');
  const began = new Date((NEWEST + 1) * 1000);
  expect(newestFile(folder, began)).toBe(NEWEST);
});

const EXTRACT = { suite: 'bookworm', variant: 'extract', packages: ['busybox-static'], setup: [] } as const;

test('labels name the packages and their versions, and say that it is not Docker Hub’s image', () => {
  const debian = { ...EXTRACT, packages: [...EXTRACT.packages], setup: [] };
  const versions = versionsIn('/nowhere', debian, [
    'Get:1 http://deb.debian.org/debian bookworm InRelease [151 kB]',
    'Get:1 http://deb.debian.org/debian bookworm/main amd64 busybox-static amd64 1:1.35.0-4+b1 [928 kB]',
  ]);
  const labels = labelsOf({ name: 'busybox', tags: ['latest'], debian }, versions);
  expect(labels['slipway.debian.packages']).toBe('busybox-static=1:1.35.0-4+b1');
  expect(labels['org.opencontainers.image.version']).toBe('1:1.35.0-4+b1');
  expect(labels['org.opencontainers.image.description']).toContain('Not the image of that name on Docker Hub');
});
