import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { visit } from '../support/gateway.ts';
import { send, TERMINAL, upgradeLines } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await TestServer.start();
  cookie = await visit(server.url);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const OTHER_HOSTS: [string, (ours: URL) => string | undefined][] = [
  ['another name', () => 'evil.example'],
  ['another name on our port', (ours) => `evil.example:${ours.port}`],
  ['our name without its port', (ours) => ours.hostname],
  ['our name on another port', (ours) => `${ours.hostname}:1`],
  ['our name as the beginning of another', (ours) => `${ours.hostname}.evil.example:${ours.port}`],
  ['our name with a dot behind it', (ours) => `${ours.hostname}.:${ours.port}`],
  ['our name behind another’s user', (ours) => `evil.example@${ours.host}`],
  ['our address in another notation', (ours) => `2130706433:${ours.port}`],
  ['nothing', () => ''],
];

describe.each(OTHER_HOSTS)('a request for %s', (_what, host) => {
  test('is not ours to answer', async () => {
    const ours = new URL(server.url);
    const lines = (path: string) => [
      `GET ${path} HTTP/1.1`,
      `Host: ${host(ours)}`,
      `Cookie: ${cookie}`,
      'Connection: close',
    ];
    for (const path of ['/', '/api/courses/containers-and-docker/sandbox']) {
      const { status } = await send(server.url, lines(path));
      expect([400, 421], path).toContain(status);
    }
    const upgrade = upgradeLines(server.url, TERMINAL, {
      Host: host(ours),
      Origin: `http://${host(ours)}`,
      Cookie: cookie,
    });
    expect([400, 421]).toContain((await send(server.url, upgrade)).status);
  });
});

test('the answer names what is wrong', async () => {
  const { status, body } = await send(server.url, ['GET / HTTP/1.1', 'Host: evil.example', 'Connection: close']);
  expect(status).toBe(421);
  expect(body).toContain('"wrong-host"');
  expect(body).not.toContain('evil.example');
  const upgrade = await send(server.url, upgradeLines(server.url, TERMINAL, { Host: 'evil.example', Cookie: cookie }));
  expect(upgrade.status).toBe(421);
});

test('whether the server is well is told under any name, and nothing else with it', async () => {
  const { status, body } = await send(server.url, [
    'GET /healthz HTTP/1.1',
    'Host: evil.example',
    `Cookie: ${cookie}`,
    'Connection: close',
  ]);
  expect({ status, body }).toEqual({ status: 200, body: '{"ok":true}' });
  const more = await send(server.url, ['GET /healthz/../courses HTTP/1.1', 'Host: evil.example', 'Connection: close']);
  expect([400, 421]).toContain(more.status);
});

test('a request without a Host, or with another’s before ours, is none', async () => {
  const ours = new URL(server.url).host;
  for (const hosts of [[], ['Host: evil.example', `Host: ${ours}`]]) {
    const { status } = await send(server.url, ['GET / HTTP/1.1', ...hosts, `Cookie: ${cookie}`, 'Connection: close']);
    expect([400, 421]).toContain(status);
  }
});

test('what a proxy claims is not believed', async () => {
  const claims = ['X-Forwarded-Host: evil.example', 'X-Forwarded-For: 10.0.0.1', 'Forwarded: host=evil.example'];
  const ours = await send(server.url, [
    'GET / HTTP/1.1',
    `Host: ${new URL(server.url).host}`,
    ...claims,
    'Connection: close',
  ]);
  expect(ours.status).toBe(200);
  const theirs = await send(server.url, [
    'GET / HTTP/1.1',
    'Host: evil.example',
    `X-Forwarded-Host: ${new URL(server.url).host}`,
    'Connection: close',
  ]);
  expect(theirs.status).toBe(421);
});
