/** The proxy of a sandbox, on two real registries and through the frames of a toy init. */
import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { RegistryOutlet } from '../../sandbox-server/registry/outlet.ts';
import { askRegistry } from '../../sandbox-server/registry/ask-registry.ts';
import { FakeInit } from '../../sandbox-server/sandbox/fake/init.ts';
import { openDatabase } from '../../sandbox-server/store/database.ts';
import { RegistryUsage } from '../../sandbox-server/store/registry-usage.ts';
import { startRegistry } from '../support/registry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ADA = 'a'.repeat(26);
const EVE = 'e'.repeat(26);
const LIMIT = 1_000_000;
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

interface Answer {
  status: number;
  reason: string;
  headers: IncomingHttpHeaders;
  body: string;
}

interface Sandbox {
  ask(method: string, path: string, body?: Buffer, headers?: Record<string, string>): Promise<Answer>;
  push(name: string, layer: Buffer): Promise<Answer>;
  dial(): Promise<Duplex>;
}

async function classroom() {
  const folder = temporaryFolder();
  const [shared, mine] = await Promise.all([startRegistry(folder, 'shared'), startRegistry(folder, 'mine')]);
  const usage = new RegistryUsage(openDatabase(':memory:'), () => 1_000_000);
  const inits = new Map([ADA, EVE].map((id) => [id, new FakeInit(new Map())]));
  const driver = { connect: async (id: string) => inits.get(id)!.connect() };
  const log = { debug() {}, warn() {} };
  const outlet = new RegistryOutlet({ shared, mine, registryBytes: LIMIT, driver, usage, log });
  const open = async (id: string): Promise<Sandbox> => {
    const way = outlet.open({ id, spec: { profile: 'containers' } })!;
    onTestFinished(() => way[Symbol.dispose]());
    await expect
      .poll(() =>
        inits
          .get(id)!
          .dial()
          .then(
            () => true,
            () => false,
          ),
      )
      .toBe(true);
    return sandboxOn(() => inits.get(id)!.dial());
  };
  return { shared, mine, usage, outlet, inits, ada: await open(ADA), eve: await open(EVE) };
}

function sandboxOn(dial: () => Promise<Duplex>): Sandbox {
  const ask: Sandbox['ask'] = async (method, path, body, headers = {}) => {
    const connection = await dial();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const asking = request({
      createConnection: () => connection as never,
      method,
      path: path.startsWith('/') ? `http://registry.local${path}` : path,
      headers: {
        host: 'registry.local',
        accept: MANIFEST,
        ...headers,
        ...(body ? { 'content-length': body.length } : {}),
      },
    });
    asking.on('error', reject);
    asking.on('connect', (response) => {
      resolve({ status: response.statusCode!, reason: response.statusMessage!, headers: response.headers, body: '' });
      connection.destroy();
    });
    asking.on('response', async (response) => {
      const pieces: Buffer[] = await response.toArray();
      const text = Buffer.concat(pieces).toString();
      resolve({ status: response.statusCode!, reason: response.statusMessage!, headers: response.headers, body: text });
    });
    asking.end(body);
    return promise;
  };
  const upload = async (name: string, blob: Buffer): Promise<Answer> => {
    const begun = await ask('POST', `/v2/${name}/blobs/uploads/`);
    if (begun.status !== 202) return begun;
    const sent = await ask('PATCH', begun.headers.location!, blob);
    if (sent.status !== 202) return sent;
    return ask('PUT', `${sent.headers.location}&digest=${digestOf(blob)}`);
  };
  const push: Sandbox['push'] = async (name, layer) => {
    const config = Buffer.from('{}');
    for (const blob of [layer, config]) {
      const answer = await upload(name, blob);
      if (answer.status !== 201) return answer;
    }
    const part = (blob: Buffer) => ({ mediaType: 'x/y', size: blob.length, digest: digestOf(blob) });
    const manifest = { schemaVersion: 2, mediaType: MANIFEST, config: part(config), layers: [part(layer)] };
    const text = Buffer.from(JSON.stringify(manifest));
    return ask('PUT', `/v2/${name}/manifests/latest`, text, { 'content-type': MANIFEST });
  };
  return { ask, push, dial };
}

function digestOf(blob: Buffer): string {
  return `sha256:${createHash('sha256').update(blob).digest('hex')}`;
}

const firstError = (answer: Answer) =>
  (JSON.parse(answer.body) as { errors: { code: string; message: string }[] }).errors[0]!;

test('what a learner pushes they can pull, and nobody else', async () => {
  const { ada, eve, mine } = await classroom();
  expect((await ada.push('mine/hello', Buffer.alloc(300_000, 'x'))).status).toBe(201);
  expect((await ada.ask('GET', '/v2/mine/hello/tags/list')).body.trim()).toBe(
    '{"name":"mine/hello","tags":["latest"]}',
  );
  const layer = await ada.ask('GET', `/v2/mine/hello/blobs/${digestOf(Buffer.alloc(300_000, 'x'))}`);
  expect(layer.body).toBe('x'.repeat(300_000));
  for (const name of ['mine/hello', `${ADA}/hello`, `mine/../${ADA}/hello`, `mine/${ADA}/hello`]) {
    expect((await eve.ask('GET', `/v2/${name}/manifests/latest`)).status).toBe(404);
  }
  expect((await askRegistry(mine, 'GET', `/v2/${ADA}/hello/tags/list`)).status).toBe(200);
  expect(JSON.parse((await ada.ask('GET', '/v2/_catalog')).body)).toEqual({ repositories: ['mine/hello'] });
  expect(JSON.parse((await eve.ask('GET', '/v2/_catalog')).body)).toEqual({ repositories: [] });
});

test('another learner’s blob is not mounted, whose digest is known', async () => {
  const { ada, eve } = await classroom();
  const layer = Buffer.alloc(1000, 'secret');
  await ada.push('mine/hello', layer);
  const from = `mount=${digestOf(layer)}&from=`;
  expect((await eve.ask('POST', `/v2/mine/stolen/blobs/uploads/?${from}${ADA}/hello`)).status).toBe(202);
  expect((await ada.ask('POST', `/v2/mine/copy/blobs/uploads/?${from}mine/hello`)).status).toBe(201);
});

test('the shared registry can be read and not written', async () => {
  const { ada, shared } = await classroom();
  for (const [method, path] of [
    ['POST', '/v2/busybox/blobs/uploads/'],
    ['PUT', '/v2/library/busybox/manifests/latest'],
    ['DELETE', `/v2/busybox/manifests/${digestOf(Buffer.alloc(0))}`],
  ] as const) {
    const answer = await ada.ask(method, path);
    expect(answer.status).toBe(403);
    expect(firstError(answer)).toMatchObject({ code: 'DENIED', message: expect.stringMatching('registry.local/mine') });
  }
  expect((await askRegistry(shared, 'GET', '/v2/library/busybox/tags/list')).status).toBe(404);
  expect(firstError(await ada.ask('GET', '/v2/nothing/manifests/latest')).code).toBe('MANIFEST_UNKNOWN');
});

test('who pushes more than fits is refused while it streams, and what came leaves the disk', async () => {
  const { ada, eve, usage } = await classroom();
  const answer = await ada.push('mine/big', Buffer.alloc(LIMIT + 1));
  expect(answer.status).toBe(403);
  expect(firstError(answer)).toMatchObject({
    code: 'DENIED',
    message: expect.stringMatching('is full: it holds 1 MB'),
  });
  await expect.poll(() => usage.used(ADA), { timeout: 10_000 }).toBe(0);
  expect((await eve.push('mine/small', Buffer.alloc(500_000))).status).toBe(201);
});

test('removing an image makes room for the next', async () => {
  const { ada, usage } = await classroom();
  expect((await ada.push('mine/one', Buffer.alloc(700_000, '1'))).status).toBe(201);
  expect((await ada.push('mine/two', Buffer.alloc(700_000, '2'))).status).toBe(403);
  expect((await ada.ask('DELETE', '/v2/mine/one/manifests/latest')).status).toBe(202);
  await expect.poll(() => usage.used(ADA), { timeout: 10_000 }).toBeLessThan(100_000);
  expect((await ada.push('mine/two', Buffer.alloc(700_000, '2'))).status).toBe(201);
  expect((await ada.ask('GET', '/v2/mine/one/manifests/latest')).status).toBe(404);
});

test('with a sandbox goes what it pushed, and nothing else', async () => {
  const { ada, eve, usage, outlet, mine } = await classroom();
  await ada.push('mine/hello', Buffer.alloc(1000, 'a'));
  await eve.push('mine/hello', Buffer.alloc(1000, 'e'));
  await outlet.removeAllBut(new Set([EVE]));
  expect((await askRegistry(mine, 'GET', `/v2/${ADA}/hello/manifests/latest`)).status).toBe(404);
  expect(usage.sandboxes()).toEqual([EVE]);
  expect((await eve.ask('GET', '/v2/mine/hello/manifests/latest')).status).toBe(200);
});

test('every other host is refused in words that Docker shows', async () => {
  const { ada } = await classroom();
  const hub = await ada.ask('CONNECT', 'registry-1.docker.io:443');
  expect(hub).toMatchObject({ status: 403, reason: expect.stringMatching('the class registry has no such image') });
  expect((await ada.ask('CONNECT', 'registry.local:443')).reason).toBe('registry.local speaks plain HTTP');
  expect((await ada.ask('CONNECT', 'ghcr.io:443')).reason).toMatch('no internet in this sandbox');
  const page = await ada.ask('GET', 'http://deb.debian.org/debian/');
  expect(page).toMatchObject({ status: 403, body: expect.stringMatching('no internet in this sandbox') });
  for (const path of ['http://registry.local.evil/v2/', 'http://x@registry.local/v2/']) {
    expect((await ada.ask('GET', path)).status).toBe(403);
  }
});

test('`docker search` finds what is shared and what is one’s own', async () => {
  const { ada } = await classroom();
  await ada.push('mine/hello', Buffer.alloc(10));
  const found = JSON.parse((await ada.ask('GET', '/v1/search?q=hell&n=25')).body) as { results: object[] };
  expect(found.results).toMatchObject([{ name: 'registry.local/mine/hello', description: 'tags: latest' }]);
  const none = JSON.parse((await ada.ask('GET', '/v1/search?q=nothing')).body) as { num_results: number };
  expect(none.num_results).toBe(0);
});

test('garbage from one sandbox leaves the others served', async () => {
  const { ada, eve } = await classroom();
  for (const garbage of ['\0\x01\x02garbage\r\n\r\n', 'GET /v2/ HTTP/1.1\r\nHost: ' + 'x'.repeat(100_000)]) {
    const connection = await eve.dial();
    connection.on('error', () => {});
    connection.end(garbage);
    await new Promise((resolve) => connection.once('close', resolve).resume());
  }
  expect((await ada.ask('GET', '/v2/')).status).toBe(200);
  expect((await eve.ask('GET', '/v2/')).status).toBe(200);
});

test('a sandbox of the standard profile has no way out', async () => {
  const { outlet } = await classroom();
  expect(outlet.open({ id: ADA, spec: { profile: 'standard' } })).toBeUndefined();
});

test('a control stream that breaks is opened again', async () => {
  const { ada, inits } = await classroom();
  inits.get(ADA)!.end();
  const works = () =>
    ada.ask('GET', '/v2/').then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(works, { timeout: 10_000 }).toBe(200);
});
