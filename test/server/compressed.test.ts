import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serverWithCode } from '../support/access.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
let script: string;

beforeAll(async () => {
  server = await serverWithCode('abcd-efgh');
  const scripts = readdirSync(join(server.config.paths.site, '_astro')).filter((name) => /^lesson.*\.js$/.test(name));
  script = `/_astro/${scripts[0]}`;
});
afterAll(() => server?.[Symbol.asyncDispose]());

const encodingOf = async (path: string, accepted: string) => {
  const { status, headers } = await fetch(server.url + path, { headers: { 'accept-encoding': accepted } });
  expect(headers.get('vary')).toMatch(/accept-encoding/i);
  return [status, headers.get('content-encoding'), headers.get('content-type')?.split(';')[0]];
};

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, deflate', 'gzip'],
  ['identity', null],
])('to a browser that takes %s, scripts and pages go as %s', async (accepted, encoding) => {
  expect(await encodingOf(script, accepted)).toEqual([200, encoding, 'application/javascript']);
  expect(await encodingOf('/join/', accepted)).toEqual([200, encoding, 'text/html']);
});

test('a compressed script may be kept for ever, as the script itself', async () => {
  const { headers } = await fetch(server.url + script, { headers: { 'accept-encoding': 'br' } });
  expect(headers.get('cache-control')).toContain('immutable');
});

test('the access code stands before compressed pages too', async () => {
  for (const suffix of ['br', 'gz', 'b%72', 'deflate']) {
    const page = await fetch(`${server.url}/courses/containers-and-docker/index.html.${suffix}`, {
      redirect: 'manual',
    });
    expect([302, 404]).toContain(page.status);
  }
});
