import { afterEach, expect, test } from 'vitest';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import type { SandboxAnswer } from '../../sandbox-server/protocol/api.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';

let gateway: Awaited<ReturnType<typeof gatewayOn>> | undefined;

afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  gateway = undefined;
});

function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(gateway!.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: gateway!.url, ...headers },
    body: JSON.stringify(body),
  });
}

test('a visitor becomes somebody once, and stays the same', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const cookie = await visit(gateway.url);
  const again = await post('/api/session', {}, { cookie });
  expect(again.headers.get('set-cookie')).toBeNull();
  expect(await again.json()).toMatchObject({ sandboxes: { available: true } });
});

test('with an access code, pages lead to the door, and the code opens it', async () => {
  gateway = await gatewayOn(new FakeDriver(), { access: 'code' });
  const page = await fetch(`${gateway.url}/courses/course/?a=b`, { redirect: 'manual' });
  expect([page.status, page.headers.get('location')]).toEqual([302, '/join/?next=%2Fcourses%2Fcourse%2F%3Fa%3Db']);
  expect((await post('/api/session', {})).status).toBe(401);
  const wrong = await post('/api/join', { code: 'aaaa-aaaa' });
  expect([wrong.status, await wrong.json()]).toMatchObject([403, { error: { code: 'wrong-access-code' } }]);
  const right = await post('/api/join', { code: 'ABCD EFGH' });
  expect(right.status).toBe(204);
  const cookie = right.headers.get('set-cookie')!.split(';')[0]!;
  expect((await post('/api/session', {}, { cookie })).status).toBe(200);
  expect((await fetch(`${gateway.url}/`, { headers: { cookie } })).status).toBe(200);
});

test('a recovery code makes another browser the same learner; a newer one voids it', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const cookie = await visit(gateway.url);
  const page = await (await TestPage.open(gateway.url, cookie)).attach();
  page.type('echo work > file\n');
  await page.shows(/file\r\n\$ /);
  const code = async () => ((await (await post('/api/recovery-code', {}, { cookie })).json()) as { code: string }).code;
  const old = await code();
  const current = await code();
  expect(current).toMatch(/^([0-9a-z]{4}-){4}[0-9a-z]{4}$/);
  expect((await post('/api/recover', { code: old })).status).toBe(403);
  const recovered = await post('/api/recover', { code: current.toUpperCase().replaceAll('-', ' ') });
  expect(recovered.status).toBe(204);
  const elsewhere = await TestPage.open(gateway.url, recovered.headers.get('set-cookie')!.split(';')[0]!);
  await elsewhere.attach();
  elsewhere.type('cat file\n');
  await elsewhere.shows(/work\r\n/);
});

test('a restart ends the shell and keeps the files', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const cookie = await visit(gateway.url);
  const page = await (await TestPage.open(gateway.url, cookie)).attach();
  page.type('echo kept > file\n');
  await page.shows(/file\r\n\$ /);
  expect((await post('/api/courses/course/sandbox/restart', {}, { cookie })).status).toBe(204);
  await page.closed;
  const after = await (await TestPage.open(gateway.url, cookie)).attach();
  after.type('cat file\n');
  await after.shows(/kept\r\n/);
});

test('the state of a sandbox is told, with its limits', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const cookie = await visit(gateway.url);
  const ask = async () => (await fetch(`${gateway!.url}/api/courses/course/sandbox`, { headers: { cookie } })).json();
  expect(await ask()).toMatchObject({ state: 'requested', limits: { cpus: 1, processes: 64 } });
  await (await TestPage.open(gateway.url, cookie)).attach();
  expect(await ask()).toMatchObject({ state: 'ready' });
});

test('what does not exist is a page for people and an error for programs', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const page = await fetch(`${gateway.url}/no/such/page/`);
  expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('Nothing here')]);
  const api = await fetch(`${gateway.url}/api/courses/none/sandbox`, { headers: { cookie: await visit(gateway.url) } });
  expect([api.status, await api.json()]).toMatchObject([404, { error: { code: 'not-found' } }]);
});

test('two gateways on one port: the second says why it cannot start', async () => {
  gateway = await gatewayOn(new FakeDriver());
  await expect(gatewayOn(new FakeDriver(), { port: gateway.config.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

test('a program that drops its cookie again and again does not become ever more learners', async () => {
  gateway = await gatewayOn(new FakeDriver(), { learnersPerAddress: 150 });
  const cookie = await visit(gateway.url);
  const statuses = new Set<number>();
  for (let i = 0; i < 200; i++) statuses.add((await post('/api/session', {})).status);
  expect([...statuses]).toEqual([200, 429]);
  expect((await post('/api/session', {}, { cookie })).status).toBe(200);
});

test('a socket too many is told why', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const { url } = gateway;
  const cookie = await visit(url);
  const pages = await Promise.all(Array.from({ length: 32 }, () => TestPage.open(url, cookie)));
  const one = await TestPage.open(url, cookie);
  expect((await one.closed).reason).toBe('too-many-requests');
  pages[0]!.close();
  await pages[0]!.closed;
  await (await TestPage.open(url, cookie)).attach();
});

test('a learner is told until when their files are kept, and may have them kept longer', async () => {
  const DAY = 86_400_000;
  gateway = await gatewayOn(new FakeDriver(), { idleStopMs: DAY, expiryMs: 7 * DAY, extendMs: 7 * DAY });
  const cookie = await visit(gateway.url);
  const life = async () => {
    const answer = await fetch(`${gateway!.url}/api/courses/course/sandbox`, { headers: { cookie } });
    return ((await answer.json()) as SandboxAnswer).life;
  };
  const extend = () => post('/api/courses/course/sandbox/extend', {}, { cookie });
  const session = { sessionEndsAt: null, sessionExtendable: false };
  const none = { freezesAt: null, stopsAt: null, deletedAt: null, extendable: false, ...session };
  expect(await life()).toEqual(none);
  expect(await (await extend()).json()).toEqual(none);
  const page = await (await TestPage.open(gateway.url, cookie)).attach();
  expect(await life()).toMatchObject({ freezesAt: null, stopsAt: null, extendable: true });
  page.close();
  await page.closed;
  await expect.poll(async () => (await life()).stopsAt).toBeGreaterThan(Date.now());
  const kept = (await (await extend()).json()) as SandboxAnswer['life'];
  expect(kept.extendable).toBe(false);
  expect(kept.deletedAt! - Date.now()).toBeGreaterThan(13 * DAY);
  expect(await life()).toEqual(kept);
  expect((await post('/api/courses/course/sandbox/extend', {})).status).toBe(401);
});
