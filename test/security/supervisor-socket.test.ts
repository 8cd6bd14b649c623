import { execFileSync } from 'node:child_process';
import { lstatSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MAX_LINE_BYTES } from '../../sandbox-server/sandbox/oci/protocol.ts';
import { initSocket } from '../../sandbox-server/sandbox/oci/supervisor/paths.ts';
import { randomId } from '../../sandbox-server/session/ids.ts';
import { imageOf } from '../support/config.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { TestServer } from '../support/server.ts';

// The gateway speaks to the network: assume that it was taken over, and speaks to the supervisor as it likes.
const TERMINAL = '/api/courses/containers-and-docker/terminals/main';
let server: TestServer;
let page: TestPage | undefined;

beforeAll(async () => {
  server = await TestServer.start();
});
beforeEach(async () => {
  page ??= await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
});
afterAll(() => server?.[Symbol.asyncDispose]());

function open(): { socket: Socket; lines: string[]; closed: Promise<void> } {
  const socket = connect({ path: server.config.paths.supervisorSocket });
  const lines: string[] = [];
  let rest = '';
  socket.on('error', () => {});
  socket.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop()!;
    lines.push(...parts);
  });
  return { socket, lines, closed: new Promise((resolve) => socket.once('close', () => resolve())) };
}

async function ask(request: unknown): Promise<Record<string, unknown> | 'closed'> {
  const { socket, lines, closed } = open();
  socket.write(`${JSON.stringify(request)}\n`);
  await Promise.race([
    closed,
    (async () => {
      while (lines.length === 0) await sleep(2);
    })(),
  ]);
  socket.destroy();
  return lines[0] === undefined ? 'closed' : (JSON.parse(lines[0]) as Record<string, unknown>);
}

const spec = () => ({
  image: imageOf(server.config, 'standard'),
  profile: 'standard',
  hostname: 'slip',
  limits: server.config.limits.standard,
});
const id = randomId();

test.each([
  ['an image by a path', { n: 1, op: 'create', id, spec: { ...aSpec(), image: '../../etc' } }],
  ['an image by an absolute path', { n: 1, op: 'create', id, spec: { ...aSpec(), image: '/etc' } }],
  ['an id that is a path', { n: 1, op: 'destroy', id: '../../../../etc/xxxxxxxxxxxx' }],
  ['an id that is too short', { n: 1, op: 'status', id: 'abc' }],
  ['another profile', { n: 1, op: 'create', id, spec: { ...aSpec(), profile: 'privileged' } }],
  ['a hostname with a line end', { n: 1, op: 'create', id, spec: { ...aSpec(), hostname: 'a\nb' } }],
  ['limits of less than nothing', { n: 1, op: 'create', id, spec: { ...aSpec(), limits: { memoryBytes: -1 } } }],
  ['no limits', { n: 1, op: 'create', id, spec: { ...aSpec(), limits: {} } }],
  ['a setting more', { n: 1, op: 'create', id, spec: { ...aSpec(), mounts: ['/:/host'] } }],
  ['a layer by a path', { n: 1, op: 'create', id, spec: { ...aSpec(), layers: ['../images'] } }],
  ['a layer that is being made', { n: 1, op: 'create', id, spec: { ...aSpec(), layers: ['.half-layer'] } }],
  ['more layers than there may be', { n: 1, op: 'create', id, spec: { ...aSpec(), layers: Array(9).fill('a') } }],
  ['to store a layer at a path', { n: 1, op: 'snapshot', id, layer: '../../../etc' }],
  ['to remove a layer by a path', { n: 1, op: 'removeLayer', layer: '../sandboxes' }],
  ['an operation that there is not', { n: 1, op: 'exec', id, argv: ['id'] }],
])('the supervisor refuses %s', async (_what, request) => {
  expect(await ask(request)).toMatchObject({ n: 1, ok: false, code: 'unsupported' });
  expect(await ask({ n: 2, op: 'status', id })).toEqual({ n: 2, ok: true, value: 'gone' });
});

test.each([
  ['no object', 'hello'],
  ['without a number', { op: 'list' }],
  ['numbered by a word', { n: 'one', op: 'list' }],
])('what is %s is no request, and ends its connection', async (_what, request) => {
  expect(await ask(request)).toBe('closed');
});

function aSpec() {
  return {
    image: 'x',
    profile: 'standard',
    hostname: 'slip',
    limits: { memoryBytes: 1, cpus: 1, processes: 1, diskBytes: 1, inodes: 1, openFiles: 1, diskBytesPerSecond: 1 },
  };
}

test('an image that does not exist is an answer, and makes nothing', async () => {
  expect(await ask({ n: 4, op: 'create', id, spec: { ...spec(), image: 'no-such-image' } })).toMatchObject({
    n: 4,
    ok: false,
    code: 'image-missing',
  });
  expect(await ask({ n: 5, op: 'status', id })).toEqual({ n: 5, ok: true, value: 'gone' });
});

test('garbage, floods, lines without end and silence leave the supervisor serving', async () => {
  const silent = Array.from({ length: 50 }, open);
  const long = open();
  long.socket.write('x'.repeat(MAX_LINE_BYTES + 100));
  await long.closed;
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
      const { socket, closed, lines } = open();
      socket.write(`${text.replaceAll('\n', ' ')}\n`);
      await Promise.race([closed, expect.poll(() => lines.length).toBeGreaterThan(0)]);
      socket.destroy();
    }),
    { numRuns: 50 },
  );
  const flood = open();
  for (let n = 0; n < 5000; n++) flood.socket.write(`{"n":${n},"op":"list"}\n`);
  await expect.poll(() => flood.lines.length, { timeout: 15_000 }).toBe(5000);
  expect(await ask({ n: 9, op: 'list' })).toMatchObject({ n: 9, ok: true });
  for (const { socket } of [...silent, flood]) socket.destroy();
  page!.type('echo here-$((1))\n');
  await page!.shows(/here-1\r\n/);
});

test('nobody but root and the gateway reaches the supervisor, an init, a disk or an image', () => {
  const { config } = server;
  const [sandbox] = execFileSync('ls', [join(config.run, 'sandboxes')], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const secrets = {
    supervisor: config.paths.supervisorSocket,
    init: initSocket(config.run, sandbox!),
    disk: join(config.paths.supervisorData, 'sandboxes', sandbox!, 'disk.ext4'),
    bundle: join(config.run, 'sandboxes', sandbox!, 'bundle', 'config.json'),
    cookieSecret: join(config.paths.gatewayData, 'cookie-secret'),
    image: join(config.paths.images, imageOf(config, 'standard'), 'rootfs', 'etc'),
    native: config.paths.native,
  };
  /** What a user of the host may do: reads, connects, writes. */
  const reach = (user: string[], path: string) => {
    const script = `const net = require('net'), fs = require('fs'); const path = process.argv[1]; const can = [];
      try { fs.closeSync(fs.openSync(path, 'r')); can.push('read'); } catch {}
      try { fs.accessSync(path, fs.constants.W_OK); can.push('write'); } catch {}
      const s = net.connect({ path }); s.on('connect', () => { can.push('connect'); s.destroy(); }).on('error', () => {}).on('close', () => console.log(can.join(' ')));`;
    return execFileSync('setpriv', [...user, process.execPath, '-e', script, path], {
      encoding: 'utf8',
      cwd: '/',
    }).trim();
  };
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const { uid, gid } = statSync(config.paths.gatewayData);
  const gateway = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const of = (user: string[]) =>
    Object.fromEntries(Object.entries(secrets).map(([name, path]) => [name, reach(user, path)]));
  expect(of(nobody)).toEqual({
    supervisor: '',
    init: '',
    disk: '',
    bundle: '',
    cookieSecret: '',
    image: '',
    native: 'read',
  });
  expect(of(gateway)).toEqual({
    supervisor: 'write connect',
    init: 'write connect',
    disk: '',
    bundle: '',
    cookieSecret: 'read write',
    image: '',
    native: 'read',
  });
  expect(lstatSync(config.paths.supervisorSocket).mode & 0o777).toBe(0o660);
});
