import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { visit } from '../support/gateway.ts';
import { COURSE, send, TERMINAL, upgradeLines } from '../support/raw-web.ts';
import { serverWithCode } from '../support/access.ts';
import { TestServer } from '../support/server.ts';

function post(server: TestServer, path: string, body: object, cookie?: string): Promise<Response> {
  const headers: Record<string, string> = { 'content-type': 'application/json', origin: server.url };
  if (cookie !== undefined) headers['cookie'] = cookie;
  return fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0];

describe('a server that asks for a code', () => {
  let server: TestServer;
  const CODE = 'k7mqw4xtzp';

  beforeAll(async () => {
    server = await serverWithCode(CODE);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test('makes nobody a learner who does not know it', async () => {
    const response = await post(server, '/api/session', {});
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'access-code-needed' } });
    expect(cookieOf(response)).toBeUndefined();
    expect((await fetch(`${server.url}${COURSE}/sandbox`)).status).toBe(401);
    expect((await send(server.url, upgradeLines(server.url, TERMINAL))).status).toBe(401);
  });

  test.each([
    '/',
    '/courses/containers-and-docker/introduction/',
    '/courses/containers-and-docker/introduction',
    '/courses/containers-and-docker/introduction/index.html',
    '/courses/containers-and-docker/introduction/index.htm%6c',
    '/courses/containers-and-docker/introduction/INDEX.HTML',
    '/courses/containers-and-docker/introduction/index.html;.css',
    '/courses/containers-and-docker/introduction/index.html%3b.css',
    '/courses/containers-and-docker/introduction/index.html?.css',
    '/courses/containers-and-docker/introduction/index.html#.css',
    '/courses/containers-and-docker/introduction/index.html%00.css',
    '/courses/containers-and-docker/introduction/index.html/.css',
    '/courses/containers-and-docker/introduction/x.css/..',
    '/courses/containers-and-docker/introduction/x.css/../',
    '/courses/containers-and-docker/introduction/x.css/..%2f',
    '/join/../courses/containers-and-docker/introduction/',
    '/join/..%2fcourses/containers-and-docker/introduction/',
    '/join/%2e%2e/courses/containers-and-docker/introduction/',
    '/join%2f..%2fcourses/containers-and-docker/introduction/',
    '/join\\..\\courses/containers-and-docker/introduction/',
    '//courses/containers-and-docker/introduction/',
    '/./courses/containers-and-docker/introduction/',
    '/healthz/../courses/containers-and-docker/introduction/',
    '/api/../courses/containers-and-docker/introduction/',
    '/api/%2e%2e/courses/containers-and-docker/introduction/',
    '/_astro/../courses/containers-and-docker/introduction/index.html',
  ])('shows no lesson by another spelling of its address: %s', async (path) => {
    const host = `Host: ${new URL(server.url).host}`;
    for (const method of ['GET', 'HEAD']) {
      const { status, body } = await send(server.url, [`${method} ${path} HTTP/1.1`, host, 'Connection: close']);
      expect([302, 400, 403, 404], method).toContain(status);
      // A word of the lesson that stands on no other page.
      expect(body).not.toContain('slipway-terminal');
    }
  });

  test('sends those whom it asks back to itself, and to nobody else', async () => {
    for (const path of ['//evil.example/', '/\\evil.example/', '/%2f%2fevil.example']) {
      const { status, headers } = await send(server.url, [
        `GET ${path} HTTP/1.1`,
        `Host: ${new URL(server.url).host}`,
        'Connection: close',
      ]);
      expect([302, 400, 403, 404]).toContain(status);
      const location = /^location: (.*)$/im.exec(headers)?.[1];
      if (location !== undefined) expect(location).toMatch(/^\/join\/\?next=/);
    }
  });

  test('lets in whoever knows it, however they write it', async () => {
    for (const code of [CODE, CODE.toUpperCase(), `${CODE.slice(0, 5)}-${CODE.slice(5)}`, ` ${CODE} `]) {
      const joined = await post(server, '/api/join', { code });
      expect(joined.status).toBe(204);
      expect(
        (await fetch(`${server.url}/`, { headers: { cookie: cookieOf(joined)! }, redirect: 'manual' })).status,
      ).toBe(200);
    }
  });

  test('says no to what is not it, and after some tries says nothing else', async () => {
    const near = [CODE.slice(1), `${CODE}a`, CODE.replace('k', 'j'), '', ' ', '-', '*', '.*'];
    for (const code of near) {
      const response = await post(server, '/api/join', { code });
      expect([400, 403], code).toContain(response.status);
      expect(cookieOf(response)).toBeUndefined();
    }
    const statuses = await Promise.all(
      Array.from({ length: 80 }, (_, n) =>
        post(server, '/api/join', { code: `guess${n}` }).then(({ status }) => status),
      ),
    );
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
    // From then on the right one opens nothing either, for a while: a guesser learns nothing from it.
    expect((await post(server, '/api/join', { code: CODE })).status).toBe(429);
    // Limits are by connection: what a client says of its address changes nothing.
    const disguised = await fetch(`${server.url}/api/join`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: server.url,
        'x-forwarded-for': '203.0.113.9',
        'x-real-ip': '203.0.113.9',
      },
      body: JSON.stringify({ code: CODE }),
    });
    expect(disguised.status).toBe(429);
  });
});

describe('a recovery code', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test('is for a learner, is long, and is void once there is a newer one', async () => {
    expect((await post(server, '/api/recovery-code', {})).status).toBe(401);
    const cookie = await visit(server.url);
    const { code: first } = (await (await post(server, '/api/recovery-code', {}, cookie)).json()) as { code: string };
    expect(first.replaceAll('-', '')).toMatch(/^[0-9a-hjkmnp-tv-z]{20,}$/);
    const { code: second } = (await (await post(server, '/api/recovery-code', {}, cookie)).json()) as { code: string };
    expect(second).not.toBe(first);
    expect((await post(server, '/api/recover', { code: first })).status).toBe(403);
    const recovered = await post(server, '/api/recover', { code: second.toUpperCase() });
    expect(recovered.status).toBe(204);
    const same = await (await post(server, '/api/session', {}, cookieOf(recovered))).json();
    expect(same).toEqual(await (await post(server, '/api/session', {}, cookie)).json());
  });

  test('cannot be guessed: no is all that a guesser hears, and soon not even that', async () => {
    for (const code of ['%', '_', "' OR 1=1 --", '0'.repeat(20), 'null', '*']) {
      const response = await post(server, '/api/recover', { code });
      expect(response.status, code).toBe(403);
      expect(cookieOf(response)).toBeUndefined();
    }
    const statuses = await Promise.all(
      Array.from({ length: 80 }, (_, n) =>
        post(server, '/api/recover', { code: `guess${n}` }).then(({ status }) => status),
      ),
    );
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
    expect(statuses.filter((status) => status === 204)).toEqual([]);
  });
});
