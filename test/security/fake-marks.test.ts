import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { courseFile, lesson, LessonPage, task } from '../support/lesson-page.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;

/** Each notes that it ran. */
const TASKS = ['a', 'b', 'c'].map((id) => task(id, `echo ${id} >>.ran; fail "not yet"`));

beforeAll(async () => {
  server = await TestServer.start(courseFile([lesson([...TASKS, task('marked', 'expect_file marked')])]));
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** Processor time that the gateway has used, in seconds. */
function processorTime(): number {
  const fields = readFileSync(`/proc/${server.pid('gateway')}/stat`, 'utf8')
    .split(') ')[1]!
    .split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return (user + system) / 100;
}

/** As many bytes a second as the terminal takes: some hundred thousand marks. */
const FLOOD = String.raw`perl -e '$mark = "\e]133;C\a\e]133;D;0\a\e]133;B\a" x 500; print $mark while 1'`;
const SECONDS = 6;

test('marks without end cost the server a check a second and task, and little of its time', async () => {
  const cookie = await visit(server.url);
  const page = await LessonPage.open(server.url, cookie);
  const terminal = await (await TestPage.open(server.url, cookie)).attach();
  await page.shows('c', { report: { outcome: 'not-yet' } });
  terminal.type(`${FLOOD}\n`);
  await expect.poll(() => terminal.bytes).toBeGreaterThan(100_000);
  terminal.close();
  await terminal.closed;
  const before = processorTime();
  await sleep(SECONDS * 1000);
  const used = processorTime() - before;

  const neighbour = await visit(server.url);
  const theirs = await LessonPage.open(server.url, neighbour);
  const other = await (await TestPage.open(server.url, neighbour)).attach();
  other.type('touch marked\n');
  await theirs.shows('marked', { state: 'done' });

  const back = await (await TestPage.open(server.url, cookie, '/api/courses/course/terminals/extra-1')).attach();
  back.type('for task in a b c; do echo $task-ran-$(grep -c $task .ran); done\n');
  await back.shows(/c-ran-\d+\r\n/);
  for (const [, id, times] of back.text.matchAll(/(\w)-ran-(\d+)\r\n/g)) {
    // The ten at once that a task may have, those of the time since, and what asked for it anew meanwhile.
    expect(Number(times), id).toBeLessThan(10 + 2 * SECONDS + 10);
    expect(Number(times), id).toBeGreaterThanOrEqual(SECONDS);
  }
  expect(used).toBeLessThan(SECONDS / 4);
});
