import { expect, test } from 'vitest';
import { queryOf, routeOf, saidOf } from '../../../sandbox-server/registry/names.ts';

const ME = 'a'.repeat(26);
const OTHER = 'b'.repeat(26);
const DIGEST = `sha256:${'0'.repeat(64)}`;

test.each([
  ['/v2/busybox/manifests/latest', 'shared', '/v2/library/busybox/manifests/latest'],
  ['/v2/library/busybox/tags/list', 'shared', '/v2/library/busybox/tags/list'],
  ['/v2/org/tool/blobs/' + DIGEST, 'shared', `/v2/org/tool/blobs/${DIGEST}`],
  ['/v2/mine/hello/blobs/uploads/', 'mine', `/v2/${ME}/hello/blobs/uploads/`],
  ['/v2/mine/a/b/manifests/' + DIGEST, 'mine', `/v2/${ME}/a/b/manifests/${DIGEST}`],
  // A repository called `mine` alone would be the folder of all of the learner's: it is an image of Docker Hub's.
  ['/v2/mine/tags/list', 'shared', '/v2/library/mine/tags/list'],
])('%s is asked of %s as %s', (said, registry, path) => {
  expect(routeOf(said, ME)).toMatchObject({ kind: 'repository', registry, path });
});

test.each([
  '/v2/mine/../manifests/latest',
  `/v2/mine/../${OTHER}/hello/manifests/latest`,
  `/v2/mine/..%2f${OTHER}/hello/manifests/latest`,
  '/v2/mine%2fhello/manifests/latest',
  '/v2/mine//hello/manifests/latest',
  '/v2//mine/hello/manifests/latest',
  '/v2/mine/hello/manifests/../../x',
  '/v2/mine/hello/blobs/sha256:short',
  '/v2/mine/hello/blobs/uploads/../x',
  '/v2/MINE/hello/manifests/latest',
  '/v2/mine/a\\..\\b/manifests/latest',
  `/v2/mine/${'a/'.repeat(150)}b/manifests/latest`,
  '/debug/vars',
])('%s is nothing that is asked of a registry', (path) => {
  expect(routeOf(path, ME)).toBeUndefined();
});

test('whatever is pushed stays below the sandbox’s own folder, also where it names another’s', () => {
  const route = routeOf(`/v2/mine/${OTHER}/hello/manifests/latest`, ME);
  expect(route).toMatchObject({ path: `/v2/${ME}/${OTHER}/hello/manifests/latest` });
  expect(routeOf(`/v2/${OTHER}/hello/manifests/latest`, ME)).toMatchObject({ registry: 'shared' });
});

test('a blob is mounted from the learner’s own repositories alone', () => {
  const asked = (from: string) => Object.fromEntries(new URLSearchParams(queryOf(`mount=${DIGEST}&from=${from}`, ME)));
  expect(asked('mine%2Fhello')).toEqual({ mount: DIGEST, from: `${ME}/hello` });
  for (const from of [`${OTHER}/hello`, 'busybox', `mine/../${OTHER}/hello`, '']) expect(asked(from)).toEqual({});
});

test('a name of the registry’s is said as one asks for it', () => {
  expect(saidOf(`${ME}/hello`, ME)).toBe('mine/hello');
  expect(saidOf('library/busybox', ME)).toBe('busybox');
  expect(saidOf('org/tool', ME)).toBe('org/tool');
});
