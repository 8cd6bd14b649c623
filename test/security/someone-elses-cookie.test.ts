import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { COURSE, LESSON, LIVE_LESSON, send, TERMINAL, upgradeLines } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await TestServer.start();
  cookie = await visit(server.url);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const value = () => decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1));
const named = (text: string) => `slipway=${encodeURIComponent(text)}`;

const FORGED: [string, () => string | undefined][] = [
  ['no cookie', () => undefined],
  ['an empty one', () => 'slipway='],
  ['another cookie', () => 'session=abc'],
  ['an id without a signature', () => named(value().split('.')[0]!)],
  ['an id with an empty signature', () => named(`${value().split('.')[0]}.`)],
  ['an id with another’s signature', () => named(`${'0'.repeat(26)}.${value().split('.')[1]}`)],
  ['a signature that is one character off', () => named(value().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))],
  [
    'a signature by a secret that we guess',
    () =>
      named(
        `${value().split('.')[0]}.${createHmac('sha256', 'secret').update(value().split('.')[0]!).digest('base64').replace(/=+$/, '')}`,
      ),
  ],
  ['an id with its last character cut off', () => named(value().slice(1))],
  ['a very long one', () => `slipway=${'a'.repeat(8000)}`],
  ['what looks like a query', () => named("' OR '1'='1")],
  ['the name of a property', () => named('__proto__.toString')],
];

test.each(FORGED)('%s is nobody, at a terminal and at every other door', async (_what, forged) => {
  const headers = { Cookie: forged() };
  for (const path of [TERMINAL, LIVE_LESSON]) {
    const upgrade = await send(server.url, upgradeLines(server.url, path, headers));
    expect(upgrade.status).toBe(401);
    expect(JSON.parse(upgrade.body)).toMatchObject({ error: { code: 'not-signed-in' } });
  }
  const init = headers.Cookie === undefined ? {} : { headers: { cookie: headers.Cookie } };
  expect((await fetch(`${server.url}${COURSE}/sandbox`, init)).status).toBe(401);
  expect((await fetch(`${server.url}${COURSE}/sandbox/home.tar`, init)).status).toBe(401);
  expect((await fetch(`${server.url}/api/progress`, init)).status).toBe(401);
  expect((await fetch(`${server.url}/api/progress/export`, init)).status).toBe(401);
  const post = {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', origin: server.url, ...init.headers },
  };
  expect((await fetch(`${server.url}${COURSE}/sandbox/restart`, post)).status).toBe(401);
  expect((await fetch(`${server.url}/api/recovery-code`, post)).status).toBe(401);
  expect((await fetch(`${server.url}/api/progress/delete`, post)).status).toBe(401);
  for (const what of ['tasks/any/hints', 'tasks/any/solution', 'tasks/any/move', 'quizzes/any']) {
    expect((await fetch(`${server.url}${LESSON}/${what}`, post)).status, what).toBe(401);
  }
});

test('a cookie of a learner who is no longer known is nobody’s', async () => {
  // Signed by the server, for a database that another server has.
  await using other = await TestServer.start();
  const foreign = await visit(other.url);
  expect((await fetch(`${server.url}${COURSE}/sandbox`, { headers: { cookie: foreign } })).status).toBe(401);
});

test('each learner sees their own sandbox and nothing of another’s', async () => {
  const other = await visit(server.url);
  const one = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  const two = await (await TestPage.open(server.url, other, TERMINAL)).attach();
  one.type('echo only-$((1))-mine > ~/note; cat ~/note\n');
  await one.shows(/only-1-mine\r\n/);
  two.type('ls -A ~ | grep note; echo looked-$((1))\n');
  await two.shows(/looked-1\r\n/);
  expect(two.text).not.toMatch(/\nnote/);
  expect((await one.hears('attached')).shell).not.toBe((await two.hears('attached')).shell);
  const tar = async (whose: string) =>
    Buffer.from(
      await (await fetch(`${server.url}${COURSE}/sandbox/home.tar`, { headers: { cookie: whose } })).arrayBuffer(),
    );
  expect((await tar(cookie)).includes('only-1-mine')).toBe(true);
  expect((await tar(other)).includes('only-1-mine')).toBe(false);
});

test('two cookies of one name give no more than one of them would', async () => {
  const other = await visit(server.url);
  const both = await fetch(`${server.url}/api/session`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', origin: server.url, cookie: `${named('forged.x')}; ${other}` },
  });
  // Whoever it is then, it is not the learner of the other cookie with the first one's rights.
  expect([200, 401]).toContain(both.status);
});

test('the cookie cannot be read by a page, and does not travel with a foreign page’s requests', async () => {
  const response = await fetch(`${server.url}/api/session`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', origin: server.url },
  });
  const [header] = response.headers.getSetCookie();
  expect(header).toMatch(/; HttpOnly/);
  expect(header).toMatch(/; SameSite=Lax/);
  expect(header).toMatch(/; Path=\//);
  expect(header).not.toMatch(/Domain=/i);
  const [id] = decodeURIComponent(header!.slice('slipway='.length)).split('.');
  // 26 characters of 5 random bits.
  expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
});
