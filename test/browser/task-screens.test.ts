import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckReport } from '../../sandbox-server/protocol/lesson.ts';
import { LessonStub, type StubbedLesson } from '../support/lesson-stub.ts';
import { Reader } from '../support/reader.ts';
import { LESSON_VIEWS, lookAt, PAGE_VIEWS, TEXT_SIZES } from '../support/screens.ts';
import { TestServer } from '../support/server.ts';
import { buildSite, FIXTURE_LESSONS, siteFolder, sitePaths } from '../support/site.ts';

const TASKS = '/courses/specimen/tasks/';

/** Those of the fixture. */
const LESSON: StubbedLesson = {
  tasks: ['write', 'count', 'deleted', 'serve', 'shared'],
  quizzes: { kernel: 3, namespaces: 4 },
  solution: {
    steps: [
      { text: 'mkdir -p work\ncd work', terminal: 'main', interrupt: false, exit: 0, background: false, opens: null },
      {
        text: 'unshare --user --map-root-user --pid --fork --mount-proc --net --uts bash',
        terminal: 'second',
        interrupt: false,
        exit: 0,
        background: false,
        opens: '# ',
      },
    ],
  },
};

const WHEN = Date.UTC(2030, 2, 3, 12);

function notYet(asked: boolean, found: string): CheckReport {
  const compared = { what: 'text of greeting.txt', expected: 'hello', found };
  const reason = 'text of greeting.txt should be something else.';
  return { outcome: 'not-yet', reason, compared, asked, at: asked ? 2 : 1 };
}

let folder: string;
/** It shows lessons only: what is looked at here is told by a stub. */
let server: TestServer;
const readers = new Map<number, Reader>();

beforeAll(async () => {
  folder = siteFolder();
  const { status, output } = await buildSite(FIXTURE_LESSONS, folder);
  expect([status, output]).toEqual([0, output]);
  server = await TestServer.start({
    sandboxes: { mode: 'off', code: 'sandboxes-off' },
    paths: sitePaths(folder),
  });
  for (const textSize of TEXT_SIZES) readers.set(textSize, await Reader.start(textSize));
});
afterAll(async () => {
  for (const reader of readers.values()) await reader[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe('a lesson with tasks', () => {
  test.each(LESSON_VIEWS)(
    'is whole and still in every state: $width px, $scheme, letters of $textSize %, sheet $sheet',
    async (view) => {
      const { page, problems } = await readers.get(view.textSize)!.open(view);
      const stub = await LessonStub.on(page, LESSON);
      const found: Record<string, string[]> = {};
      const look = async (state: string, at: string) => {
        await page.locator(at).evaluate((element) => element.scrollIntoView({ block: 'start' }));
        found[state] = await lookAt(page, `task-${state}`, view, 'main');
      };
      const face = (task: string, name: string) =>
        page.locator(`#${task}[data-face="${name}"]`).waitFor({ timeout: 10_000 });
      await page.goto(server.url + TASKS);
      await face('write', 'next');
      await look('open', '#write');

      // As after a command; there are no terminals here.
      await page.evaluate(() => document.dispatchEvent(new Event('slipway-entered')));
      stub.task('write', { report: notYet(false, 'goodbye') });
      await face('write', 'not-yet');
      stub.task('deleted', { state: 'done', doneAt: WHEN });
      stub.task('serve', { state: 'waiting' });
      await face('serve', 'waiting');
      await look('not-yet', '#write');

      const write = page.locator('#write');
      await write.getByRole('button', { name: 'Hint 1 of 2' }).click();
      await write.getByRole('button', { name: 'Show the solution' }).click();
      await write.getByRole('button', { name: 'Run the solution' }).waitFor();
      stub.task('write', { report: notYet(true, `${'a long line that wraps in its box, '.repeat(9)}\n`.repeat(4)) });
      await write.locator('.task-compared').waitFor();
      // What came without a press would count for the states after it: here it is the press that is looked at.
      await look('asked', '#write');

      stub.task('write', { state: 'done', doneAt: WHEN });
      stub.task('count', {
        report: { outcome: 'broken', fault: 'hung', detail: 'It did not end within 10 s.', asked: false, at: 3 },
      });
      await face('count', 'broken');
      await look('broken', '#count');

      for (const [quiz, answer] of [
        ['kernel', 0],
        ['namespaces', 1],
      ] as const) {
        await page.locator(`#${quiz} input[value="${answer}"]`).check({ force: true });
        await page.locator(`#${quiz}`).getByRole('button', { name: 'Answer' }).click();
        await page.locator(`#${quiz} .explanation`).waitFor();
      }
      await look('quiz', '#kernel');

      await page
        .locator('#shared')
        .getByRole('button', { name: /this task…/ })
        .click();
      await page.getByRole('dialog').waitFor();
      found['dialog'] = await lookAt(page, 'task-dialog', view, 'dialog');
      await page.keyboard.press('Escape');

      await stub.leave();
      await face('count', 'paused');
      await look('lost', '#count');

      expect(problems.filter((problem) => !problem.includes('WebSocket'))).toEqual([]);
      expect(found).toEqual({ open: [], 'not-yet': [], asked: [], broken: [], quiz: [], dialog: [], lost: [] });
      await page.close();
    },
  );
});

const LESSONS = [
  { lesson: 'parts', opened: true, done: 0, of: 0 },
  { lesson: 'more', opened: false, done: 0, of: 0 },
  { lesson: 'tasks', opened: true, done: 3, of: 7 },
];
const LIFE = { freezesAt: null, stopsAt: WHEN, deletedAt: WHEN, extendable: true };

describe.each([
  { screen: 'catalogue-known', path: '/', shows: '3 of 7 done' },
  { screen: 'course-known', path: '/courses/specimen/', shows: 'Keep them longer' },
])('$screen', ({ screen, path, shows }) => {
  test.each(PAGE_VIEWS)('is whole and still: $width px, $scheme, letters of $textSize %', async (view) => {
    const { page, problems } = await readers.get(view.textSize)!.open(view);
    await page.addInitScript(() => localStorage.setItem('slipway-known', '1'));
    // Late enough that the page has been painted without it.
    const late = () => new Promise((resolve) => setTimeout(resolve, 300));
    await page.route('**/api/progress', async (route) => {
      await late();
      await route.fulfill({ json: { courses: [{ course: 'specimen', last: 'tasks', lessons: LESSONS }] } });
    });
    await page.route('**/sandbox', async (route) => {
      await late();
      await route.fulfill({ json: { state: 'frozen', life: LIFE, limits: {} } });
    });
    await page.goto(server.url + path);
    await page.getByText(shows).waitFor();
    expect(await lookAt(page, screen, view)).toEqual([]);
    expect(problems).toEqual([]);
    await page.close();
  });
});
