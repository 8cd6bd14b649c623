import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { courseFile, lesson, LessonPage, task } from '../support/lesson-page.ts';
import { TestServer } from '../support/server.ts';

/** How many tasks are done one after another, and the gateway killed after each. */
const TASKS = 8;

test('a gateway that is killed at any moment loses nothing that it has shown as done', async () => {
  const tasks = Array.from({ length: TASKS }, (_, n) => task(`task-${n}`, `[ -e done-${n} ] || fail "not yet"`));
  await using server = await TestServer.start({ ...courseFile([lesson(tasks)]), logLevel: 'warn' });
  const cookie = await visit(server.url);
  const shown = new Map<string, number>();
  for (let n = 0; n < TASKS; n++) {
    const page = await LessonPage.open(server.url, cookie);
    for (const [id, doneAt] of shown) expect(page.task(id)).toMatchObject({ state: 'done', doneAt });
    const terminal = await (await TestPage.open(server.url, cookie)).attach();
    terminal.type(`touch done-${n}\n`);
    // At once when it is shown; in every third round at any moment, whether it is shown or not.
    if (n % 3 !== 2) await page.shows(`task-${n}`, { state: 'done' });
    else await sleep(n * 4);
    const kill = server.end('gateway', 'SIGKILL');
    await Promise.all([kill, page.closed]);
    for (const { id } of tasks) {
      const { state, doneAt } = page.task(id);
      if (state === 'done') shown.set(id, doneAt!);
    }
    await server.run('gateway');
  }
  const page = await LessonPage.open(server.url, cookie);
  for (const [id, doneAt] of shown) expect(page.task(id)).toMatchObject({ state: 'done', doneAt });
  // What did not get there is still to be done.
  const terminal = await (await TestPage.open(server.url, cookie)).attach();
  terminal.type(`touch ${tasks.map((_, n) => `done-${n}`).join(' ')}\n`);
  for (const { id } of tasks) await page.shows(id, { state: 'done' });
});
