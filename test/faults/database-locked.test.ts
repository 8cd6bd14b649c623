import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { LIVE_LESSON, TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

/** THREATS.md: a typed error to the learner within this time. */
const TOLD_MS = 5000;

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** Another program holds the database for itself, until disposed. */
function hold(): Disposable {
  const other = new DatabaseSync(join(server.config.paths.gatewayData, 'slipway.db'));
  other.exec('BEGIN EXCLUSIVE');
  return { [Symbol.dispose]: () => other.close() };
}

const enter = (cookie?: string) =>
  fetch(`${server.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, ...(cookie ? { cookie } : {}) },
    body: '{}',
    signal: AbortSignal.timeout(TOLD_MS),
  });

test('while another program holds the database, who is there goes on and a newcomer is told; then all is as before', async () => {
  const cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  await page.shows(/\$ /);
  {
    using _held = hold();
    const refused = await enter();
    expect(refused.status).toBe(ERRORS['not-saved'].status);
    expect(await refused.json()).toMatchObject({ error: { code: 'not-saved' } });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    // Who has a sandbox types on, comes back, and is known.
    page.type('echo goes-$((1))-on\n');
    await page.shows(/goes-1-on\r\n/, TOLD_MS);
    expect((await enter(cookie)).status).toBe(200);
    const second = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
    second.close();
    // A page of a lesson notes that it was opened: it is told that this cannot be kept, and tries again by itself.
    const lesson = await TestPage.open(server.url, cookie, LIVE_LESSON);
    expect(await Promise.race([lesson.closed, sleep(TOLD_MS, undefined)])).toEqual({
      code: ERRORS['not-saved'].close,
      reason: 'not-saved',
    });
  }
  expect((await enter()).status).toBe(200);
  const lesson = await TestPage.open(server.url, cookie, LIVE_LESSON);
  await expect.poll(() => lesson.messages.length).toBeGreaterThan(0);
  page.type('echo still-$((1))-on\n');
  await page.shows(/still-1-on\r\n/);
});

test('a gateway that starts while another program holds the database waits for it', async () => {
  const cookie = await visit(server.url);
  await server.end('gateway');
  const held = hold();
  const running = server.run('gateway');
  await sleep(2000);
  held[Symbol.dispose]();
  await running;
  await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
});
