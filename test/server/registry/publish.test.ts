import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';

import { collectGarbage, openForWriting, storeIn } from '../../../sandbox-server/cli/serve/registry.ts';
import { ask } from '../../../sandbox-server/registry/client.ts';
import { blobPath, readManifest } from '../../../sandbox-server/registry/images/layout.ts';
import { publish } from '../../../sandbox-server/registry/publish.ts';
import { listTags, storeSize, unpublish } from '../../../sandbox-server/registry/store.ts';
import { imageLayout } from '../../support/image-layout.ts';
import { ACCOUNT, GATEWAY_GROUP, registryPlace, serveRegistry } from '../../support/registry-process.ts';

const get = (socket: string, path: string) => ask({ socket, method: 'GET', path });

async function published(place: { data: string; run: string }, layout: string, repository: string, tags: string[]) {
  await using registry = await openForWriting(place, ACCOUNT);
  return await publish({ layout, socket: registry.socket, repository, tags });
}

test('an image that is published while the registry serves is there at once, under each tag, byte for byte', async () => {
  const place = registryPlace();
  const { socket } = await serveRegistry(place, 'shared');
  const layout = await imageLayout('hello');
  expect((await get(socket, '/v2/library/hello/manifests/latest')).status).toBe(404);
  expect(await published(place, layout, 'library/hello', ['latest', '1.0'])).toBe('published');
  const { bytes, manifest } = readManifest(layout);
  for (const tag of ['latest', '1.0']) {
    const { status, body } = await ask({
      socket,
      method: 'GET',
      path: `/v2/library/hello/manifests/${tag}`,
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    expect(status).toBe(200);
    expect(body).toEqual(bytes);
  }
  for (const { digest } of [...manifest.layers, manifest.config]) {
    expect((await get(socket, `/v2/library/hello/blobs/${digest}`)).body).toEqual(
      readFileSync(blobPath(layout, digest)),
    );
  }
});

test('what is published already is kept, and a tag moves to another image', async () => {
  const place = registryPlace();
  const first = await imageLayout('first');
  const second = await imageLayout('second');
  expect(await published(place, first, 'library/hello', ['latest'])).toBe('published');
  expect(await published(place, first, 'library/hello', ['latest'])).toBe('kept');
  expect(await published(place, first, 'library/hello', ['latest', 'more'])).toBe('published');
  expect(await published(place, second, 'library/hello', ['latest'])).toBe('published');
  const { socket } = await serveRegistry(place, 'shared');
  const digests = await Promise.all(
    ['latest', 'more'].map(async (tag) => {
      const accept = 'application/vnd.oci.image.manifest.v1+json';
      const answer = await ask({
        socket,
        method: 'HEAD',
        path: `/v2/library/hello/manifests/${tag}`,
        headers: { accept },
      });
      return answer.headers['docker-content-digest'];
    }),
  );
  expect(digests).toEqual([readManifest(second).descriptor.digest, readManifest(first).descriptor.digest]);
});

test('the served shared registry takes no pushes, and that of learners does', async () => {
  const place = registryPlace();
  const layout = await imageLayout('mine');
  const shared = await serveRegistry(place, 'shared');
  const mine = await serveRegistry(place, 'mine');
  const push = (socket: string) => publish({ layout, socket, repository: 'someone/hello', tags: ['latest'] });
  await expect(push(shared.socket)).rejects.toThrow('refused an upload to someone/hello with 405');
  expect(await push(mine.socket)).toBe('published');
  expect(listTags(storeIn(place, 'shared'))).toEqual([]);
  const { digest } = readManifest(layout).descriptor;
  const path = `/v2/someone/hello/manifests/${digest}`;
  expect((await ask({ socket: mine.socket, method: 'DELETE', path })).status).toBe(202);
});

test('a served registry can become nothing, reaches no network, and its group alone may connect', async () => {
  const { socket, pid } = await serveRegistry(registryPlace(), 'shared');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  expect(status).toMatch(/^Name:\s+docker-registry$/m);
  expect(status).toMatch(/^Uid:\s+65534\s+65534/m);
  expect(status).toMatch(/^Groups:\s*$/m);
  expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb']) expect(status).toMatch(new RegExp(`^Cap${set}:\\s+0+$`, 'm'));
  expect(readFileSync(`/proc/${pid}/net/dev`, 'utf8').match(/^\s*\w+:/gm)).toHaveLength(1);
  const { mode, gid } = statSync(socket);
  expect([mode & 0o777, gid]).toEqual([0o770, GATEWAY_GROUP]);
});

test('an image that is unpublished frees its room, and another that shares its repository stays', async () => {
  const place = registryPlace();
  const store = storeIn(place, 'shared');
  const [kept, gone] = [await imageLayout('kept'), await imageLayout('x'.repeat(100_000))];
  await published(place, kept, 'library/hello', ['latest']);
  const before = storeSize(store);
  await published(place, gone, 'library/hello', ['old']);
  await published(place, gone, 'library/other', ['latest']);
  unpublish(store, { repository: 'library/hello', tag: 'old' });
  unpublish(store, { repository: 'library/other', tag: 'latest' });
  expect(storeSize(store)).toBeGreaterThan(before);
  await collectGarbage(place, ACCOUNT, 'shared');
  expect(storeSize(store)).toBe(before);
  expect(listTags(store)).toEqual([{ repository: 'library/hello', tag: 'latest' }]);
  const { socket } = await serveRegistry(place, 'shared');
  const [layer] = readManifest(kept).manifest.layers;
  expect((await get(socket, `/v2/library/hello/blobs/${layer!.digest}`)).status).toBe(200);
  expect((await get(socket, '/v2/library/other/manifests/latest')).status).toBe(404);
});

test('a store that cannot be written is told with what the registry says', async () => {
  const place = registryPlace();
  await expect(openForWriting(place, { uid: 12_345, gid: 12_345 })).rejects.toMatchObject({
    what: 'The class registry could not be started.',
    why: expect.stringContaining('permission denied'),
  });
});
