import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { COURSE, TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await TestServer.start();
});
beforeEach(async () => {
  cookie = await visit(server.url);
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** THREATS.md: a typed error to the learner within this time. */
const TOLD_MS = 5000;

test('without its supervisor the server tells who wants a sandbox, and leaves those who have one alone', async () => {
  const having = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  await server.end('supervisor', 'SIGKILL');
  having.type('echo goes-$((1))-on\n');
  await having.shows(/goes-1-on\r\n/);
  const wanting = await TestPage.open(server.url, await visit(server.url), TERMINAL);
  wanting.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  const told = await Promise.race([wanting.closed, sleep(TOLD_MS, undefined)]);
  expect(told).toEqual({ code: ERRORS['supervisor-away'].close, reason: 'supervisor-away' });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${server.url}/courses/containers-and-docker/introduction/`)).status).toBe(200);
  await server.run('supervisor');
  await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
  having.type('echo still-$((1))-on\n');
  await having.shows(/still-1-on\r\n/);
});

test('a supervisor that hangs is told of in time, and found again when it goes on', async () => {
  await using server = await TestServer.start({ startTimeoutMs: 2000 });
  process.kill(server.pid('supervisor'), 'SIGSTOP');
  try {
    const page = await TestPage.open(server.url, await visit(server.url), TERMINAL);
    page.say({ type: 'open', visible: true, columns: 80, rows: 24 });
    // As long as the setting says that a start may take.
    const told = await Promise.race([page.closed, sleep(server.config.startTimeoutMs + TOLD_MS, undefined)]);
    expect([ERRORS['start-timeout'].close, ERRORS['supervisor-away'].close]).toContain(told?.code);
  } finally {
    process.kill(server.pid('supervisor'), 'SIGCONT');
  }
  await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
});

test('restarting a sandbox many times at once ends with one that works, and no call fails', async () => {
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  page.type('echo kept > ~/note; sync; echo do-$((1))-ne\n');
  await page.shows(/do-1-ne\r\n/);
  const restart = () =>
    fetch(`${server.url}${COURSE}/sandbox/restart`, {
      method: 'POST',
      headers: { cookie, origin: server.url, 'content-type': 'application/json' },
      body: '{}',
    });
  const statuses = await Promise.all(Array.from({ length: 6 }, restart)).then((all) => all.map(({ status }) => status));
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
  const again = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  again.type('cat ~/note\n');
  await again.shows(/kept\r\n/);
});

test('a tar of the learner’s files that breaks off does not look whole', async () => {
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  page.type('head -c 60M /dev/urandom > ~/big; echo ma-$((1))-de\n');
  await page.shows(/ma-1-de\r\n/, 20_000);
  const download = await fetch(`${server.url}${COURSE}/sandbox/home.tar`, { headers: { cookie } });
  const reader = download.body!.getReader();
  let bytes = (await reader.read()).value!.length;
  // The one who reads the files ends by itself: for lack of memory, or by the learner's own hand.
  page.type("pkill -9 -f 'slipway child'; echo kil-$((1))-led\n");
  await page.shows(/kil-1-led\r\n/);
  const rest = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'whole';
      bytes += value.length;
    }
  })();
  await expect(rest).rejects.toThrow();
  expect(bytes).toBeLessThan(60_000_000);
});
