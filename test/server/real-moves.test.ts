/** Reset and jump on a whole server with real sandboxes, as a page asks for them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MoveAnswer } from '../../sandbox-server/protocol/lesson.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { OciDriver } from '../../sandbox-server/sandbox/oci/driver.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { courseFile, lesson, LessonPage, script, task } from '../support/lesson-page.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let driver: OciDriver;

/** Its setup counts how often it was done. */
const counts = script('echo x >> counted');
const solve = (text: string) => [{ ...script(text), live: false }];

beforeAll(async () => {
  const tasks = [
    task('one', 'expect_file one', { solve: solve('echo solved > one') }),
    task('two', 'expect_file two', { setup: [counts], solve: solve('echo solved > two') }),
    task('three', 'expect_file three', { live: [script('echo live >> lived')] }),
    task('slow', 'false', { live: [script('sleep 3')] }),
  ];
  const broken = [task('one', 'false', { solve: solve('echo its last words; exit 3') }), task('two', 'false')];
  const lessons = [lesson(tasks), lesson(broken, [], { id: '02-broken', slug: 'broken' })];
  server = await TestServer.start(courseFile(lessons));
  driver = new OciDriver({ run: server.config.run, socket: server.config.paths.supervisorSocket });
});
afterAll(async () => {
  await driver?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

function move(cookie: string, id: string, slug = 'lesson'): Promise<Response> {
  return fetch(`${server.url}/api/courses/course/lessons/${slug}/tasks/${id}/move`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, cookie },
    body: '{}',
  });
}

let lines = 0;

/** Types a line into a new window of the terminal; what it printed. */
async function sees(cookie: string, line: string): Promise<string> {
  const page = await (await TestPage.open(server.url, cookie)).attach();
  await page.shows(/\$ /);
  const n = ++lines;
  // Quoted otherwise than it is printed: the terminal echoes what is typed.
  page.type(`echo beg'in'${n}; ${line}; echo e'nd'${n}\n`);
  const printed = new RegExp(`begin${n}\\r\\n([^]*)end${n}\\r\\n`);
  await page.shows(printed);
  page.close();
  return printed.exec(page.text)![1]!.replaceAll('\r', '');
}

test('a jump is told by its stages; the terminals of before are stopped, and the next shows the task’s files', async () => {
  const cookie = await visit(server.url);
  const page = await LessonPage.open(server.url, cookie);
  const terminal = await (await TestPage.open(server.url, cookie)).attach();
  await terminal.shows(/\$ /);
  terminal.type('echo mine > mine\n');
  const response = await move(cookie, 'three');
  expect(response.status).toBe(200);
  const { ms, liveMs } = (await response.json()) as MoveAnswer;
  expect(ms).toBeGreaterThan(liveMs);
  expect((await terminal.closed).code).toBe(ERRORS['sandbox-stopped'].close);
  const stages = page.of('sandbox').map(({ work }) => (work.name === 'moving' ? work.stage : work.name));
  expect(stages.slice(-4)).toEqual(['stopping', 'starting', 'rebuilding', 'idle']);
  expect(await sees(cookie, 'ls -m; cat lived')).toBe('counted, lived, one, two\nlive\n');
  // What was jumped over is not done by that, and what needs it can be done all the same.
  await page.shows('three', { state: 'open' });
  expect([page.task('one').state, page.task('two').state]).toEqual(['open', 'open']);
  expect(await sees(cookie, 'wc -l < counted; wc -l < lived')).toBe('1\n1\n');
});

test('after a reset what the next task begins with is made when the learner has come to it again', async () => {
  const cookie = await visit(server.url);
  const page = await LessonPage.open(server.url, cookie);
  const first = await (await TestPage.open(server.url, cookie)).attach();
  await first.shows(/\$ /);
  first.type('touch one\n');
  await page.shows('one', { state: 'done' });
  first.type('until [ -e counted ]; do sleep 0.1; done; touch two\n');
  await page.shows('two', { state: 'done' });
  expect((await move(cookie, 'one')).status).toBe(200);
  expect(await sees(cookie, 'ls')).toBe('');
  await sees(cookie, 'touch one');
  expect(await sees(cookie, 'until [ -e counted ]; do sleep 0.1; done; wc -l < counted')).toBe('1\n');
  expect(page.task('one').state).toBe('done');
});

test('a lesson whose own step fails says so with the step’s place, and the learner keeps what they had', async () => {
  const cookie = await visit(server.url);
  const page = await LessonPage.open(server.url, cookie, '/api/courses/course/lessons/broken/live');
  await sees(cookie, 'echo mine > mine');
  const response = await move(cookie, 'two', 'broken');
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ error: { code: 'lesson-broken' } });
  await expect
    .poll(() => page.of('sandbox').at(-1)?.work)
    .toMatchObject({
      name: 'failed',
      task: 'two',
      detail: 'course/01-lesson/index.md:1: the script ended with 3\nits last words',
    });
  expect(await sees(cookie, 'cat mine')).toBe('mine\n');
});

test('a gateway that is killed in a move leaves the learner the sandbox that they had, and no other', async () => {
  const cookie = await visit(server.url);
  await sees(cookie, 'echo mine > mine');
  const before = (await driver.list()).map(({ id }) => id);
  expect((await move(await visit(server.url), 'slow')).status).toBe(200); // recorded
  const others = (await driver.list()).map(({ id }) => id).filter((id) => !before.includes(id));
  const moving = move(cookie, 'slow').catch(() => {});
  // The other sandbox is there, and its live block goes on.
  const known = before.length + others.length;
  while ((await driver.list()).filter(({ state }) => state === 'ready').length < known) await sleep(20);
  await server.end('gateway', 'SIGKILL');
  await moving;
  await server.run('gateway');
  await expect
    .poll(async () => (await driver.list()).map(({ id }) => id).sort(), { timeout: 10_000 })
    .toEqual([...before, ...others].sort());
  expect(await sees(cookie, 'cat mine')).toBe('mine\n');
});
