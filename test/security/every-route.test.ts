import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import { SOCKET_ADDRESSES } from '../../sandbox-server/socket/upgrade.ts';
import type { CourseManifest, LessonEntry } from '../../site/course/manifest.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';
import { COURSE, send, upgradeLines } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

// Whoever adds a route says here what a stranger gets by it; until then this file fails.

/** What a request takes: nothing, a code, being a learner (whose own things it is about), or an author's desk. */
type Needs = 'nothing' | 'a code' | 'a learner' | 'a learner at a desk';

const LESSON = '/api/courses/:course/lessons/:lesson';
const ROUTES: Record<string, { needs: Needs; body?: (lesson: LessonEntry) => object }> = {
  'GET /healthz': { needs: 'nothing' },
  'GET /readyz': { needs: 'nothing' },
  'GET /*': { needs: 'nothing' },
  'POST /api/session': { needs: 'nothing' },
  'POST /api/join': { needs: 'a code', body: () => ({ code: 'guess' }) },
  'POST /api/recover': { needs: 'a code', body: () => ({ code: 'guess' }) },
  'POST /api/recovery-code': { needs: 'a learner' },
  'GET /api/courses/:course/sandbox': { needs: 'a learner' },
  'GET /api/courses/:course/sandbox/home.tar': { needs: 'a learner' },
  'POST /api/courses/:course/sandbox/extend': { needs: 'a learner' },
  'POST /api/courses/:course/sandbox/extend-session': { needs: 'a learner' },
  'POST /api/courses/:course/sandbox/restart': { needs: 'a learner' },
  'POST /api/courses/:course/terminals/:terminal/close': { needs: 'a learner' },
  [`POST ${LESSON}/tasks/:task/hints`]: { needs: 'a learner', body: () => ({ rung: 1 }) },
  [`POST ${LESSON}/tasks/:task/solution`]: { needs: 'a learner' },
  [`POST ${LESSON}/quizzes/:quiz`]: { needs: 'a learner', body: () => ({ chosen: [0] }) },
  [`POST ${LESSON}/tasks/:task/move`]: { needs: 'a learner' },
  'GET /api/progress': { needs: 'a learner' },
  'GET /api/progress/export': { needs: 'a learner' },
  'POST /api/progress/delete': { needs: 'a learner' },
  'GET /api/desk/events': { needs: 'a learner at a desk' },
  'POST /api/desk/courses/:course/sandbox/renew': { needs: 'a learner at a desk' },
};
const SOCKETS = { terminal: `${COURSE}/terminals/extra-1`, lesson: (slug: string) => `${COURSE}/lessons/${slug}/live` };

let server: TestServer;
let lesson: LessonEntry;
/** A gateway with every route that there is, an author's desk's too. */
let desk: Awaited<ReturnType<typeof gatewayOn>>;
/** Of the app that learners reach. */
let routes: Set<string>;
/** Of the operator's own socket, which no learner reaches. */
let operators: Set<string>;

beforeAll(async () => {
  server = await TestServer.start();
  const manifest = JSON.parse(readFileSync(server.config.paths.courses, 'utf8')) as CourseManifest;
  const course = manifest.courses.find(({ id }) => COURSE.endsWith(id))!;
  lesson = course.lessons.find(({ tasks, quizzes }) => tasks[0]!.hints > 0 && quizzes.length > 0)!;
  const apps: Set<string>[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    const routes = new Set<string>();
    apps.push(routes);
    fastify.addHook('onRoute', ({ method, url }: RouteOptions) => {
      for (const each of [method].flat()) if (each !== 'HEAD') routes.add(`${each} ${url}`);
    });
  };
  subscribe('fastify.initialization', listen);
  desk = await gatewayOn(new FakeDriver(), { desk: true });
  unsubscribe('fastify.initialization', listen);
  expect(apps.length).toBe(2);
  routes = apps.find((each) => each.has('POST /api/session'))!;
  operators = apps.find((each) => each !== routes)!;
});
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** A request of the route for the lesson's own parts. */
function requestOf(route: string): { method: 'GET' | 'POST'; path: string; body: object } {
  const [method, pattern] = route.split(' ') as ['GET' | 'POST', string];
  const parts: Record<string, string> = {
    ':course': COURSE.split('/').at(-1)!,
    ':lesson': lesson.slug,
    ':task': lesson.tasks[0]!.id,
    ':quiz': lesson.quizzes[0]!.id,
    ':terminal': 'extra-1',
  };
  const path = pattern.replaceAll(/:\w+/g, (name) => parts[name]!).replace('*', '');
  return { method, path, body: ROUTES[route]?.body?.(lesson) ?? {} };
}

async function ask(
  route: string,
  cookie: string | undefined,
): Promise<{ status: number; text: string; headers: Headers }> {
  const { method, path, body } = requestOf(route);
  const headers = {
    origin: server.url,
    'content-type': 'application/json',
    ...(cookie === undefined ? {} : { cookie }),
  };
  const response = await fetch(server.url + path, {
    method,
    headers,
    redirect: 'manual',
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    text: Buffer.from(await response.arrayBuffer()).toString('latin1'),
    headers: response.headers,
  };
}

const needing = (needs: Needs) => Object.keys(ROUTES).filter((route) => ROUTES[route]!.needs === needs);

test('every route and every socket is looked at here', () => {
  expect([...routes].sort()).toEqual(Object.keys(ROUTES).sort());
  expect(Object.keys(SOCKET_ADDRESSES).sort()).toEqual(Object.keys(SOCKETS).sort());
});

test('no address names a learner, a sandbox or a secret: whose things they are, the cookie alone says', () => {
  const said = [...routes].flatMap((route) => route.match(/:\w+/g) ?? []);
  expect([...new Set(said)].sort()).toEqual([':course', ':lesson', ':quiz', ':task', ':terminal']);
});

test('what is the operator’s own is not on the port that learners reach', async () => {
  const own = [...operators].filter((route) => !routes.has(route));
  expect(own).toContain('POST /sandboxes/:id/stop');
  for (const route of own) expect([route, (await ask(route, await visit(server.url))).status]).toEqual([route, 404]);
});

test('nobody, and whoever has a cookie of a learner who was deleted, is refused by each that is about a learner', async () => {
  const gone = await visit(server.url);
  expect((await ask('POST /api/progress/delete', gone)).status).toBe(204);
  for (const cookie of [undefined, gone]) {
    for (const route of needing('a learner')) {
      const { status, text, headers } = await ask(route, cookie);
      expect([route, status]).toEqual([route, 401]);
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'not-signed-in' } });
      expect(headers.getSetCookie(), route).toEqual([]);
    }
    for (const path of [SOCKETS.terminal, SOCKETS.lesson(lesson.slug)]) {
      expect((await send(server.url, upgradeLines(server.url, path, { Cookie: cookie }))).status, path).toBe(401);
    }
  }
  for (const route of needing('a learner at a desk')) {
    const { method, path } = requestOf(route);
    const headers = { origin: desk.url, 'content-type': 'application/json' };
    const { status } = await fetch(desk.url + path, { method, headers, ...(method === 'POST' && { body: '{}' }) });
    expect([route, status]).toEqual([route, 401]);
    // A server for learners has no desk.
    expect((await ask(route, await visit(server.url))).status, route).toBe(404);
  }
});

test('a code that is guessed makes nobody of a guesser', async () => {
  for (const route of needing('a code')) {
    const { status, headers } = await ask(route, undefined);
    // Where access is open, there is no code to join by.
    expect([route, status]).toEqual([route, route.endsWith('join') ? 204 : 403]);
    expect(headers.getSetCookie(), route).toEqual([]);
  }
});

test('whatever another learner asks for and changes, by any route and any socket, is nobody else’s', async () => {
  const mine = await visit(server.url);
  const theirs = await visit(server.url);
  const page = await (await TestPage.open(server.url, mine, SOCKETS.terminal)).attach();
  page.type('echo only-$((1))-mine > ~/note; cat ~/note\n');
  await page.shows(/only-1-mine\r\n/);
  for (const route of [`POST ${LESSON}/tasks/:task/hints`, `POST ${LESSON}/quizzes/:quiz`]) {
    expect((await ask(route, mine)).status).toBeLessThan(300);
  }
  const live = await TestPage.open(server.url, mine, SOCKETS.lesson(lesson.slug));
  live.sayRaw('{"type":"reading","anchor":"only-mine-anchor","offset":7}');
  const kept = async () => {
    const { text } = await ask('GET /api/progress/export', mine);
    const { learner, lessons, sandboxes } = JSON.parse(text) as {
      learner: { id: string };
      lessons: { place: { anchor: string } }[];
      sandboxes: { id: string }[];
    };
    return { id: learner.id, lessons, sandboxes: sandboxes.map(({ id }) => id) };
  };
  await expect
    .poll(async () => (await kept()).lessons[0]?.place.anchor, { interval: 1000, timeout: 20_000 })
    .toBe('only-mine-anchor');
  const before = await kept();
  const { shell } = await page.hears('attached');
  // 26 characters of five random bits: nobody's id is guessed.
  for (const id of [before.id, ...before.sandboxes]) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
  expect(before.sandboxes).toHaveLength(1);
  const secrets = [
    before.id,
    ...before.sandboxes,
    'only-1-mine',
    'only-mine-anchor',
    decodeURIComponent(mine.split('=')[1]!),
    shell,
  ];

  const other = await (await TestPage.open(server.url, theirs, SOCKETS.terminal)).attach();
  other.type('ls -A ~; cat /proc/sys/kernel/hostname /proc/self/cgroup; echo looked-$((1))\n');
  await other.shows(/looked-1\r\n/);
  const otherLive = await TestPage.open(server.url, theirs, SOCKETS.lesson(lesson.slug));
  await otherLive.hears('progress' as never);
  const heard: Record<string, string> = {
    terminal: other.text + JSON.stringify(other.messages),
    lesson: JSON.stringify(otherLive.messages),
  };
  // What ends the other learner comes last.
  for (const route of needing('a learner').sort(
    (a, b) => Number(a.endsWith('delete')) - Number(b.endsWith('delete')),
  )) {
    const { status, text } = await ask(route, theirs);
    expect(status, route).toBeLessThan(500);
    expect(status, route).not.toBe(401);
    heard[route] = text;
  }
  for (const [where, text] of Object.entries(heard)) {
    for (const secret of secrets) expect(text.includes(secret), `${secret} by ${where}`).toBe(false);
  }
  expect(await kept()).toEqual(before);
  page.type('echo still-$((1)); cat ~/note\n');
  await page.shows(/still-1\r\nonly-1-mine\r\n/);
  expect((await page.hears('attached')).shell).toBe(shell);
});

test('no address that was asked for, with its query, is in a log or a process list', async () => {
  const cookie = await visit(server.url);
  const secret = 'secret-of-an-address-4711';
  await fetch(`${server.url}/?token=${secret}`, { headers: { cookie } });
  await fetch(`${server.url}/api/progress?code=${secret}`, { headers: { cookie } });
  await fetch(`${server.url}/api/recover?code=${secret}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: '{"code":"x"}',
  });
  await send(server.url, upgradeLines(server.url, `${SOCKETS.terminal}?code=${secret}`, { Cookie: cookie }));
  await send(server.url, upgradeLines(server.url, `${SOCKETS.terminal}?lesson=${secret}`, { Cookie: cookie }));
  const log = readFileSync(join(server.config.run, 'gateway.log'), 'utf8');
  expect(log).not.toBe('');
  expect(log).not.toContain(secret);
  expect(execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' })).not.toContain(secret);
});
