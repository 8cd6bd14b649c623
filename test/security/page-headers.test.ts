import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { visit } from '../support/gateway.ts';
import { COURSE } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe.each([
  '/',
  '/courses/containers-and-docker/introduction/',
  '/no-such-page/',
  '/healthz',
  '/api/no-such-thing',
  `${COURSE}/sandbox`,
])('the answer to %s', (path) => {
  test('lets a page do what ours do, and nothing else', async () => {
    const { headers } = await fetch(server.url + path);
    const policy = new Map(
      headers
        .get('content-security-policy')!
        .split(';')
        .map((directive) => directive.trim().split(/\s+/))
        .map(([name, ...values]) => [name!, values.join(' ')]),
    );
    expect(policy.get('default-src')).toBe("'self'");
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('object-src')).toBe("'none'");
    expect(policy.get('base-uri')).toBe("'none'");
    expect(policy.get('form-action')).toBe("'self'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(policy.get('connect-src')).toBe(`'self' ${server.url.replace('http', 'ws')}`);
    expect([...policy.values()].join(' ')).not.toMatch(/unsafe-eval|\*|https?:/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toMatch(/SAMEORIGIN|DENY/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    // A class's own network has no certificates: a promise of https would lock it out.
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(policy.has('upgrade-insecure-requests')).toBe(false);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
  });
});

test('a lesson needs no script or style that the policy would stop', async () => {
  const html = await (await fetch(`${server.url}/courses/containers-and-docker/introduction/`)).text();
  const scripts = [...html.matchAll(/<script\b([^>]*)>/g)].map((match) => match[1]!);
  expect(scripts.length).toBeGreaterThan(0);
  expect(
    scripts.filter(
      (attributes) => !/\bsrc="\/[^/]/.test(attributes) && !/type="application\/(?:ld\+)?json"/.test(attributes),
    ),
  ).toEqual([]);
  expect(html).not.toMatch(/\son[a-z]+="/);
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\/[^"]*\.(?:js|css|woff2?)"/);
});

test('a download of a learner’s files cannot become a page of ours', async () => {
  const cookie = await visit(server.url);
  const response = await fetch(`${server.url}${COURSE}/sandbox/home.tar`, { headers: { cookie } });
  expect(response.headers.get('content-type')).toBe('application/x-tar');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="[a-z0-9-]+\.tar"$/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  await response.body!.cancel();
});

test('an error tells a learner what happened, and nothing of the host', async () => {
  for (const path of [
    '/api/none',
    '/api/courses/%ff/sandbox',
    `/api/courses/${'a'.repeat(5000)}/sandbox`,
    `${COURSE}/sandbox`,
  ]) {
    const text = await (await fetch(server.url + path)).text();
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['error']);
    expect(text).not.toMatch(/node_modules|\/var\/|\/run\/|\.ts\b|at \w+ \(/);
  }
});
