import { afterAll, beforeAll, expect, test } from 'vitest';
import { visit } from '../support/gateway.ts';
import { COURSE, LESSON, send } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await TestServer.start();
  cookie = await visit(server.url);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const PATHS = [
  '/api/session',
  '/api/join',
  '/api/recover',
  '/api/recovery-code',
  '/api/progress/delete',
  `${COURSE}/sandbox/restart`,
  ...['tasks/any/hints', 'tasks/any/solution', 'tasks/any/move', 'quizzes/any'].map((what) => `${LESSON}/${what}`),
];

/** What a page may send without asking first. */
const SIMPLE_TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  undefined,
  '',
  'text/plain; application/json',
];

test.each(PATHS)('a form of a foreign page changes nothing: POST %s', async (path) => {
  for (const type of SIMPLE_TYPES) {
    const headers: Record<string, string> = { cookie, origin: server.url };
    if (type !== undefined) headers['content-type'] = type;
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers,
      body: new TextEncoder().encode('{"code":"x"}'),
    });
    expect(response.status, String(type)).toBe(400);
    expect(response.headers.getSetCookie()).toEqual([]);
  }
});

test.each(PATHS)('a foreign page changes nothing, whatever it sends: POST %s', async (path) => {
  for (const origin of ['https://evil.example', 'null', `${server.url}.evil.example`, 'http://localhost:1']) {
    const headers = { cookie, origin, 'content-type': 'application/json' };
    const response = await fetch(server.url + path, { method: 'POST', headers, body: '{"code":"x"}' });
    expect(response.status, origin).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: 'foreign-origin' } });
    expect(response.headers.getSetCookie()).toEqual([]);
  }
});

test.each(PATHS)('a foreign page that asks first is told nothing that would let it: OPTIONS %s', async (path) => {
  const response = await fetch(server.url + path, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

test('no answer allows another origin to read it', async () => {
  for (const path of ['/', '/healthz', `${COURSE}/sandbox`, '/api/none']) {
    const response = await fetch(server.url + path, { headers: { cookie, origin: 'https://evil.example' } });
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  }
});

test('a body is JSON of a size that codes have, and of the shape that is asked for', async () => {
  const post = (body: string) =>
    fetch(`${server.url}/api/recover`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body,
    });
  for (const body of [
    '',
    '{',
    'null',
    '[]',
    '{"code":1}',
    '{"code":""}',
    '{"code":{"$gt":""}}',
    `{"code":"${'a'.repeat(101)}"}`,
    '{"__proto__":{"code":"x"}}',
  ]) {
    expect((await post(body)).status, body.slice(0, 40)).toBe(400);
  }
  const large = await post(`{"code":"${'a'.repeat(1024 * 1024)}"}`);
  expect([400, 413]).toContain(large.status);
});

test('requests that two readers would read differently are refused', async () => {
  const host = `Host: ${new URL(server.url).host}`;
  const smuggle = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
  for (const lines of [
    [
      'POST /api/session HTTP/1.1',
      host,
      'Content-Type: application/json',
      'Content-Length: 2',
      'Transfer-Encoding: chunked',
    ],
    ['POST /api/session HTTP/1.1', host, 'Content-Type: application/json', 'Content-Length: 2', 'Content-Length: 40'],
    ['POST /api/session HTTP/1.1', host, 'Content-Type: application/json', 'Transfer-Encoding : chunked'],
    ['GET /healthz HTTP/1.1', host, ' folded: header'],
    ['GET /healthz HTTP/9.9', host],
    ['GARBAGE'],
  ]) {
    const { status } = await send(server.url, lines, smuggle, 3000);
    expect(status, lines.join(' | ')).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
  }
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});
