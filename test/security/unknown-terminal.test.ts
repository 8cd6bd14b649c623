import { afterAll, beforeAll, expect, test } from 'vitest';
import { visit } from '../support/gateway.ts';
import { COURSE, send, TERMINAL, upgradeLines } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await TestServer.start();
  cookie = await visit(server.url);
});
afterAll(() => server?.[Symbol.asyncDispose]());

test.each([
  '/api/courses/no-such-course/terminals/main',
  `${COURSE}/terminals/no-such-terminal`,
  `${COURSE}/terminals/`,
  `${COURSE}/terminals`,
  `${COURSE}/terminals/main/`,
  `${COURSE}/terminals/main/../second`,
  `${COURSE}/terminals/%6dain`,
  `${COURSE}/terminals/main%00`,
  `${COURSE}/terminals/__proto__`,
  '/api/courses/__proto__/terminals/main',
  '/api/courses/constructor/terminals/toString',
  '/api/courses/..%2f..%2fetc/terminals/main',
  '/api/session',
  '/',
  '*',
])('an upgrade to %s finds nothing', async (path) => {
  const { status } = await send(server.url, upgradeLines(server.url, path, { Cookie: cookie }));
  expect(status).toBe(404);
});

test.each([
  ['no key', { 'Sec-WebSocket-Key': undefined }],
  ['a short key', { 'Sec-WebSocket-Key': 'AAAA' }],
  ['another version', { 'Sec-WebSocket-Version': '7' }],
  ['another protocol', { Upgrade: 'h2c' }],
])('an upgrade with %s is no WebSocket', async (_what, headers) => {
  const { status } = await send(server.url, upgradeLines(server.url, TERMINAL, { Cookie: cookie, ...headers }));
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
  '%s changes nothing where there is nothing to change',
  async (method) => {
    const headers = [
      `Host: ${new URL(server.url).host}`,
      `Cookie: ${cookie}`,
      `Origin: ${server.url}`,
      'Content-Type: application/json',
      'Content-Length: 2',
      'Connection: close',
    ];
    for (const path of ['/', '/api/courses', `${COURSE}/sandbox`, `${COURSE}/sandbox/home.tar`]) {
      const { status } = await send(server.url, [`${method} ${path} HTTP/1.1`, ...headers], '{}');
      expect(status, path).toBeGreaterThanOrEqual(400);
      expect(status, path).toBeLessThan(500);
    }
  },
);

test.each([
  '/../../../etc/passwd',
  '/..%2f..%2f..%2fetc%2fpasswd',
  '/%2e%2e/%2e%2e/courses.json',
  '/.%2e/courses.json',
  '/..\\..\\etc\\passwd',
  '/courses.json',
  '/../courses.json',
  '/_astro/../../courses.json',
  '/.git/config',
  '/%00',
  '/_astro/%2e%2e%2f%2e%2e%2fslipway-native',
])('no file beside the site is served: %s', async (path) => {
  const { status, body } = await send(server.url, [
    `GET ${path} HTTP/1.1`,
    `Host: ${new URL(server.url).host}`,
    'Connection: close',
  ]);
  expect([400, 403, 404]).toContain(status);
  expect(body).not.toMatch(/root:|"courses"|\[core\]/);
});
