import { afterAll, beforeAll, expect, test } from 'vitest';
import { visit } from '../support/gateway.ts';
import { LIVE_LESSON, send, TERMINAL, upgradeLines } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await TestServer.start();
  cookie = await visit(server.url);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const upgrade = (path: string, headers: Record<string, string | undefined>) =>
  send(server.url, upgradeLines(server.url, path, { Cookie: cookie, ...headers }));

test('our own page with a learner’s cookie opens a terminal, and hears of its lesson', async () => {
  expect((await upgrade(TERMINAL, {})).status).toBe(101);
  expect((await upgrade(LIVE_LESSON, {})).status).toBe(101);
});

test.each<[string, (ours: URL) => string | undefined]>([
  ['another site', () => 'https://evil.example'],
  ['null, as sandboxed pages and files say', () => 'null'],
  ['nothing', () => undefined],
  ['an empty origin', () => ''],
  ['our name as the beginning of another', (ours) => `${ours.origin}.evil.example`],
  ['our name as the end of another', (ours) => `http://evil.example.${ours.host}`],
  ['our name as the user of another', (ours) => `http://${ours.host}@evil.example`],
  ['our name on another port', (ours) => `http://${ours.hostname}:1`],
  ['our name without its port', (ours) => `http://${ours.hostname}`],
  ['our name by another protocol', (ours) => `https://${ours.host}`],
  ['our name with a path', (ours) => `${ours.origin}/`],
  ['our name in capitals', (ours) => ours.origin.toUpperCase()],
  ['our name and another', (ours) => `${ours.origin}, https://evil.example`],
  ['another name for the same machine', (ours) => `http://localhost:${ours.port}`],
  ['our address in another notation', (ours) => `http://2130706433:${ours.port}`],
  ['the word that matches any', () => '*'],
])('a page that says it comes from %s gets no WebSocket, whatever cookie comes with it', async (_what, origin) => {
  for (const path of [TERMINAL, LIVE_LESSON]) {
    const { status, body } = await upgrade(path, { Origin: origin(new URL(server.url)) });
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'foreign-origin' } });
  }
});

test('two Origin headers are no better than a foreign one', async () => {
  const lines = upgradeLines(server.url, TERMINAL, { Cookie: cookie });
  const both = [
    lines,
    [...lines, 'Origin: https://evil.example'],
    [lines[0]!, 'Origin: https://evil.example', ...lines.slice(1)],
  ];
  const statuses = await Promise.all(both.map(async (each) => (await send(server.url, each)).status));
  expect(statuses[0]).toBe(101);
  // Node keeps the first of two: either is refused, or it is the one that was checked.
  expect(statuses[2]).toBe(403);
});
