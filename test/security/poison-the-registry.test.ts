import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { storeOf } from '../../sandbox-server/registry/configuration.ts';
import { OciDriver } from '../../sandbox-server/sandbox/oci/driver.ts';
import { runInSandbox } from '../../sandbox-server/sandbox/init/ask.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { TestServer } from '../support/server.ts';

// Two learners of a real server with its registries. One wants the other to get what they made, by a name that all share,
// by the other's own, or by whatever path the proxy or a registry reads differently.

const TERMINAL = '/api/courses/containers-and-docker/terminals/main';

let server: TestServer;
let driver: OciDriver;
let victim: Learner | undefined;
let attacker: Learner;

interface Learner {
  id: string;
  sh(script: string): Promise<string>;
}

beforeAll(async () => {
  server = await TestServer.startWithRegistry();
  driver = new OciDriver({ run: server.config.run, socket: server.config.paths.supervisorSocket });
});
// Not in beforeAll: waiting for what a page hears is an assertion.
beforeEach(async () => {
  if (victim) return;
  victim = await arrive();
  attacker = await arrive();
  expect(await victim.sh(push('own', 'of-the-victim'))).toMatch(/201$/);
});
afterAll(async () => {
  await driver?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

async function arrive(): Promise<Learner> {
  const before = new Set((await driver.list()).map(({ id }) => id));
  await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
  const { id } = (await driver.list()).find((each) => !before.has(each.id))!;
  const sh = async (script: string) => {
    const request = { op: 'exec' as const, argv: ['bash', '-c', `{ ${script}\n} 2>&1`], timeoutMs: 60_000 };
    return (await runInSandbox(await driver.connect(id), request)).stdout.toString('utf8');
  };
  return { id, sh };
}

const CURL = 'curl -s --path-as-is -x 127.0.0.1:3128';
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

const READ_OWN = `${CURL} -H 'accept: ${MANIFEST}' http://registry.local/v2/mine/own/manifests/latest`;

/** Pushes an image whose one layer is these words, as `mine/NAME`; prints the last status. */
const push = (name: string, words: string) => `
  upload() { at=$(${CURL} -D- -o /dev/null -X POST http://registry.local/v2/mine/${name}/blobs/uploads/ | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p')
    case $at in http*) ;; *) at=http://registry.local$at ;; esac
    digest=sha256:$(printf %s "$1" | sha256sum | cut -d' ' -f1)
    ${CURL} -o /dev/null -X PUT -H 'content-type: application/octet-stream' --data-binary "$1" "$at&digest=$digest"; }
  upload '${words}'; upload '{}'
  part() { printf '{"mediaType":"%s","size":%d,"digest":"sha256:%s"}' "$1" "$(printf %s "$2" | wc -c)" "$(printf %s "$2" | sha256sum | cut -d' ' -f1)"; }
  printf '{"schemaVersion":2,"mediaType":"${MANIFEST}","config":%s,"layers":[%s]}' "$(part x/config '{}')" "$(part x/layer '${words}')" >/tmp/manifest
  ${CURL} -o /dev/null -w '%{http_code}' -X PUT -H 'content-type: ${MANIFEST}' --data-binary @/tmp/manifest http://registry.local/v2/mine/${name}/manifests/latest`;

/** All files of the shared registry, with when each was changed last: nobody can set that. */
function shared(): string {
  const store = storeOf(join(dirname(server.config.paths.supervisorData), 'registry'), 'shared');
  const format = '%P %s %i %C@\\n';
  return execFileSync('find', [`${store}/`, '-type', 'f', '-printf', format], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
}

/** What a repository may be called so that it is somebody else's. `VICTIM` is the other's sandbox. */
const NAMES = [
  'busybox',
  'library/busybox',
  'registry.local/busybox',
  'VICTIM/own',
  'mine/../VICTIM/own',
  'mine/../busybox',
  'mine/VICTIM/own',
  'mine%2f..%2fVICTIM%2fown',
  'mine/%2e%2e/VICTIM/own',
  'mine//VICTIM/own',
  'mine/./../VICTIM/own',
  'MINE/own',
  'mine/own/../../VICTIM/own',
  'mine\\..\\VICTIM/own',
];

test('whatever path a learner writes to, the shared registry stays as it is, and so does what others pushed', async () => {
  const before = {
    shared: shared(),
    victim: await victim!.sh(READ_OWN),
  };
  expect(before.shared).toContain('busybox');
  expect(before.victim).toContain('"layers"');
  expect(await attacker.sh(push('own', 'of-the-attacker'))).toMatch(/201$/);
  const statuses = await attacker.sh(
    NAMES.map((name) => name.replaceAll('VICTIM', victim!.id))
      .flatMap((name) => [
        `-X POST 'http://registry.local/v2/${name}/blobs/uploads/'`,
        `-X POST 'http://registry.local/v2/${name}/blobs/uploads/?mount=sha256:${'0'.repeat(64)}&from=mine/own'`,
        `-X PUT -H 'content-type: ${MANIFEST}' --data-binary @/tmp/manifest 'http://registry.local/v2/${name}/manifests/latest'`,
        `-X DELETE 'http://registry.local/v2/${name}/manifests/latest'`,
        `-X PATCH 'http://registry.local/v2/${name}/blobs/uploads/x'`,
        `-X POST -H 'host: registry.local' 'http://registry.local:80/v2/${name}/blobs/uploads/'`,
      ])
      .map((request) => `${CURL} -o /dev/null -w '%{http_code} ' ${request}`)
      .join('\n'),
  );
  const told = statuses.trim().split(' ').map(Number);
  expect(told).toHaveLength(NAMES.length * 6);
  // But for its own: `mine/ID/own` is a name of the attacker's like any other.
  const own = NAMES.indexOf('mine/VICTIM/own') * 6;
  expect(told.filter((status, at) => !(status >= 400 && status < 500) && !(at >= own && at < own + 6))).toEqual([]);
  expect(shared()).toBe(before.shared);
  expect(await victim!.sh(READ_OWN)).toBe(before.victim);
  expect(
    await victim!.sh('docker pull -q registry.local/busybox && docker run --rm registry.local/busybox echo sound'),
  ).toMatch(/sound\n$/);
});

test('requests that two readers would read differently reach nobody else’s, and the proxy serves on', async () => {
  const before = await victim!.sh(`${CURL} http://registry.local/v2/_catalog`);
  const hidden = `PUT /v2/${victim!.id}/own/manifests/latest HTTP/1.1\\r\\nHost: registry.local\\r\\nContent-Type: ${MANIFEST}\\r\\nContent-Length: 2\\r\\n\\r\\n{}`;
  for (const head of [
    'POST http://registry.local/v2/mine/own/blobs/uploads/ HTTP/1.1\\r\\nHost: registry.local\\r\\nContent-Length: 4\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n',
    'POST http://registry.local/v2/mine/own/blobs/uploads/ HTTP/1.1\\r\\nHost: registry.local\\r\\nTransfer-Encoding: chunked, identity\\r\\n\\r\\n0\\r\\n\\r\\n',
    'GET http://registry.local/v2/ HTTP/1.1\\r\\nHost: registry.local\\r\\nX: a\\r\\n\\tb\\r\\nContent-Length: 0\\r\\nContent-Length: 9\\r\\n\\r\\n',
    'GET http://registry.local/v2/mine/own/tags/list\\r\\n\\r\\n',
    'GET http://registry.local/v2/mine/own/tags/list HTTP/1.1\\nHost: registry.local\\n\\n',
  ]) {
    await attacker.sh(
      `timeout 3 bash -c 'exec 9<>/dev/tcp/127.0.0.1/3128; printf "${head}${hidden}" >&9; timeout 2 cat <&9' | head -c 300`,
    );
  }
  expect(await victim!.sh(`${CURL} http://registry.local/v2/_catalog`)).toBe(before);
  expect(await victim!.sh(READ_OWN)).toContain('"layers"');
  expect(await attacker.sh(`${CURL} -o /dev/null -w '%{http_code}' http://registry.local/v2/`)).toBe('200');
});
