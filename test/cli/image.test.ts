import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request as passOn } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';

import { openForWriting, storeIn } from '../../sandbox-server/cli/serve/registry.ts';
import { registryConfiguration } from '../../sandbox-server/registry/configuration.ts';
import { readManifest } from '../../sandbox-server/registry/images/layout.ts';
import { publish } from '../../sandbox-server/registry/publish.ts';
import { listTags, storeSize } from '../../sandbox-server/registry/store.ts';
import { freePort } from '../support/gateway.ts';
import { imageLayout } from '../support/image-layout.ts';
import { ACCOUNT, registryPlace } from '../support/registry-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { Slipway } from './slipway.ts';

const SANDBOX = 'name: basics\nfrom:\n  debian:\n    suite: bookworm\n';

/** A course with this `registry:`, and folders for a server that nothing was built in yet. */
function instance(registry: string) {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const image = join(folder, 'lessons/course/image');
  mkdirSync(image, { recursive: true });
  const describe = (text: string) => writeFileSync(join(image, 'image.yaml'), SANDBOX + text);
  describe(registry);
  const place = { data: join(folder, 'data'), run: join(folder, 'r') };
  const args = ['--data', place.data, '--run', place.run, '--lessons', join(folder, 'lessons')];
  const image_ = (command: string, env?: { HOME: string }, ...flags: string[]) =>
    new Slipway(['image', command, ...args, ...flags], env ? { env } : {}).ended;
  return { ...place, place, image, describe, slipwayImage: image_ };
}

/** A registry of somebody else's, on TCP, that has the image as `away/tiny:1`. Returns its host and the environment to trust it. */
async function registryElsewhere(layout: string, front = async (registry: string) => registry) {
  const place = registryPlace();
  {
    await using registry = await openForWriting(place, ACCOUNT);
    await publish({ layout, socket: registry.socket, repository: 'away/tiny', tags: ['1'] });
  }
  const registryHost = `127.0.0.1:${await freePort()}`;
  const text = registryConfiguration({ store: storeIn(place, 'shared'), socket: '', writes: 'refused' });
  const configuration = join(place.run, 'elsewhere.yaml');
  writeFileSync(configuration, JSON.stringify({ ...(JSON.parse(text) as object), http: { addr: registryHost } }));
  const child = spawn('docker-registry', ['serve', configuration], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await vi.waitFor(async () => expect((await fetch(`http://${registryHost}/v2/`)).status).toBe(200), 20_000);
  const host = await front(registryHost);
  const home = temporaryFolder();
  mkdirSync(join(home, '.config/containers'), { recursive: true });
  const trust = `[[registry]]\nlocation = "${host}"\ninsecure = true\n`;
  writeFileSync(join(home, '.config/containers/registries.conf'), trust);
  return { host, env: { HOME: home } };
}

/** A line to a registry that may break: it counts what is fetched by path. */
function unreliableLine() {
  const fetched = new Map<string, number>();
  const line = { fetched, broken: undefined as string | undefined };
  const front = async (registry: string): Promise<string> => {
    const server = createServer((request, response) => {
      const path = request.url!;
      if (request.method === 'GET') fetched.set(path, (fetched.get(path) ?? 0) + 1);
      if (line.broken !== undefined && path.includes(line.broken)) return void response.destroy();
      const passed = passOn(`http://${registry}${path}`, {
        method: request.method,
        headers: { ...request.headers, host: registry },
      });
      passed.on('response', (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      request.pipe(passed);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  return { line, front };
}

test('image list says of each image what is to be done for it', async () => {
  const { slipwayImage } = instance(
    'registry:\n  - { name: tiny, tags: [latest, v2], debian: { suite: bookworm } }\n  - { name: org/far, tags: [latest], pull: "registry.invalid/org/far:1" }\n',
  );
  const { status, output } = await slipwayImage('list');
  expect(status).toBe(0);
  expect(output).toMatch(/^basics +sandbox +standard +not built yet: slipway image build$/m);
  expect(output).toMatch(/^tiny +registry, debian +latest v2 +not built yet: slipway image build$/m);
  expect(output).toMatch(/^org\/far +registry, pull +latest +not pulled yet: slipway image pull$/m);
});

test('a mistake in image.yaml ends each of the commands with its file and line, without a stack', async () => {
  const { slipwayImage } = instance('registry:\n  - name: tiny\n    tags: [1.20]\n    debian: { suite: bookworm }\n');
  for (const command of ['build', 'list', 'pull', 'prune']) {
    const { status, output } = await slipwayImage(command);
    expect(status).toBe(1);
    expect(output).toMatch(/image\.yaml:7:\d+: "registry\.tags" has a value that does not fit/);
    expect(output).toContain('expected: a tag; one that looks like a number in quotes');
    expect(output).not.toMatch(/^\s+at /m);
  }
});

test('image pull fetches an image, builds what is FROM it, and puts both into the class registry', async () => {
  const layout = await imageLayout('from far away');
  const { host, env } = await registryElsewhere(layout);
  const { slipwayImage, image, data, place, describe } = instance(
    [
      'registry:',
      `  - { name: tiny, tags: [latest, "1"], pull: "${host}/away/tiny:1" }`,
      '  - { name: org/child, tags: [latest], dockerfile: child }\n',
    ].join('\n'),
  );
  mkdirSync(join(image, 'child'));
  writeFileSync(join(image, 'child/Dockerfile'), 'FROM tiny\nCOPY Dockerfile /etc/how\nCMD ["cat", "/etc/how"]\n');

  const first = await slipwayImage('pull', env);
  expect(first.output).toMatch(/tiny pulled \(new\), \d+/);
  expect(first.output).toMatch(/org\/child built \(new\), \d+/);
  expect(first.status).toBe(0);
  const published = [
    { repository: 'library/tiny', tag: '1' },
    { repository: 'library/tiny', tag: 'latest' },
    { repository: 'org/child', tag: 'latest' },
  ];
  const byName = (a: { repository: string; tag: string }, b: typeof a) =>
    `${a.repository}:${a.tag}`.localeCompare(`${b.repository}:${b.tag}`);
  expect(listTags(storeIn(place, 'shared')).toSorted(byName)).toEqual(published);
  const shelf = join(data, 'supervisor/registry-images');
  const layoutOf = (name: string) =>
    join(
      shelf,
      readdirSync(shelf).find((id) => id.startsWith(name))!,
      'layout',
    );
  expect(readManifest(layoutOf('tiny-')).manifest.layers).toHaveLength(1);
  const child = readManifest(layoutOf('org_child-'));
  expect(child.manifest.layers.length).toBeGreaterThan(1);
  const configuration = join(layoutOf('org_child-'), 'blobs', ...child.manifest.config.digest.split(':'));
  const { config } = JSON.parse(readFileSync(configuration, 'utf8')) as { config: { Labels: Record<string, string> } };
  expect(config.Labels['org.opencontainers.image.description']).toContain('built by Slipway from a Dockerfile');

  // With the other registry gone nothing is missed.
  expect((await slipwayImage('pull')).output).toMatch(/tiny is up to date[^]*org\/child is up to date[^]*up to date/);

  describe(`registry:\n  - { name: tiny, tags: [latest], pull: "${host}/away/tiny:1" }\n`);
  const before = storeSize(storeIn(place, 'shared'));
  const dry = await slipwayImage('prune', undefined, '--dry-run');
  expect(dry.output).toContain('would unpublish org/child:latest');
  expect(dry.output).toMatch(/would remove org_child-[0-9a-f]{12} \(registry\), \d/);
  expect(storeSize(storeIn(place, 'shared'))).toBe(before);
  const pruned = await slipwayImage('prune');
  expect(pruned.output).toMatch(/shared: .* freed/);
  expect(pruned.status).toBe(0);
  expect(storeSize(storeIn(place, 'shared'))).toBeLessThan(before);
  expect(listTags(storeIn(place, 'shared'))).toEqual([{ repository: 'library/tiny', tag: 'latest' }]);
  expect(readdirSync(shelf)).toHaveLength(1);
});

test('image pull that was interrupted goes on with what it has', async () => {
  const layout = await imageLayout('from far away, over a bad line');
  const { config, layers } = readManifest(layout).manifest;
  const { line, front } = unreliableLine();
  const { host, env } = await registryElsewhere(layout, front);
  const { slipwayImage, place } = instance(
    `registry:\n  - { name: tiny, tags: [latest], pull: "${host}/away/tiny:1" }\n`,
  );
  const timesOf = (digest: string) => line.fetched.get(`/v2/away/tiny/blobs/${digest}`) ?? 0;

  line.broken = config.digest;
  const first = await slipwayImage('pull', env);
  expect([first.status, timesOf(layers[0]!.digest)]).toEqual([1, 1]);
  expect(first.output).toContain('could not be pulled');

  line.broken = undefined;
  const second = await slipwayImage('pull', env);
  expect(second.output).toMatch(/tiny pulled/);
  expect([second.status, timesOf(layers[0]!.digest)]).toEqual([0, 1]);
  expect(listTags(storeIn(place, 'shared'))).toEqual([{ repository: 'library/tiny', tag: 'latest' }]);
});

test('image pull without the other registry says which image is missing and what that means', async () => {
  const { slipwayImage } = instance(
    'registry:\n  - { name: far, tags: [latest], pull: "registry.invalid/org/far:1" }\n',
  );
  const { status, output } = await slipwayImage('pull');
  expect(status).toBe(1);
  expect(output).toContain('registry.invalid/org/far:1 could not be pulled.');
  expect(output).toContain('lessons that need one of these go without: registry.invalid/org/far:1');
  expect(output).not.toMatch(/^\s+at /m);
});
