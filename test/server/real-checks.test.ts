/** Checks on a whole server with real sandboxes: what a learner types in a terminal turns a task green. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { courseFile, lesson, LessonPage, task } from '../support/lesson-page.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  const tasks = [
    task('folder', 'expect_file work/notes.txt "hello"'),
    task('nested', '[ -e from-python ] || fail "Nothing came from Python."', { needs: ['folder'] }),
    task('running', "expect_running '^sleep 4717'"),
  ];
  server = await TestServer.start(courseFile([lesson(tasks)]));
});
afterAll(() => server?.[Symbol.asyncDispose]());

async function learner(): Promise<{ lesson: LessonPage; terminal: TestPage; cookie: string }> {
  const cookie = await visit(server.url);
  const lesson = await LessonPage.open(server.url, cookie);
  const terminal = await (await TestPage.open(server.url, cookie)).attach();
  await terminal.shows(/\$ /);
  return { lesson, terminal, cookie };
}

test('a task turns green by the command that does it, with the reason before', async () => {
  const { lesson, terminal } = await learner();
  await lesson.shows('folder', { report: { outcome: 'not-yet', reason: 'There is no file work/notes.txt.' } });
  terminal.type('mkdir work; echo goodbye > work/notes.txt\n');
  await lesson.shows('folder', { report: { compared: { expected: 'hello', found: 'goodbye' }, asked: false } });
  terminal.type('echo hello > work/notes.txt\n');
  await lesson.shows('folder', { state: 'done' });
  await lesson.shows('nested', { state: 'open', report: { reason: 'Nothing came from Python.' } });
});

test('where no marks tell how commands end, a terminal that falls quiet at a prompt is enough', async () => {
  const { lesson, terminal } = await learner();
  terminal.type('mkdir work; echo hello > work/notes.txt\n');
  await lesson.shows('folder', { state: 'done' });
  terminal.type('bash --norc --noprofile\n');
  await terminal.shows(/bash-[\d.]+\$ /);
  terminal.type('touch ~/from-python\n');
  await lesson.shows('nested', { state: 'done' });
});

test('a program that goes on is found by its command line', async () => {
  const { lesson, terminal } = await learner();
  terminal.type('sleep 4717 &\n');
  await lesson.shows('running', { state: 'done' });
});

test('when the sandbox is restarted, checks go on in the new one', async () => {
  const { lesson, terminal, cookie } = await learner();
  await lesson.shows('folder', { report: { outcome: 'not-yet' } });
  const restarted = await fetch(`${server.url}/api/courses/course/sandbox/restart`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, cookie },
    body: '{}',
  });
  expect(restarted.status).toBe(204);
  await terminal.closed;
  const again = await (await TestPage.open(server.url, cookie)).attach();
  await again.shows(/\$ /);
  again.type('mkdir work; echo hello > work/notes.txt\n');
  await lesson.shows('folder', { state: 'done' });
});
