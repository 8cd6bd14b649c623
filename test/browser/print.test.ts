/** A lesson on paper. What is asked of it is asked of the page as it is while it is printed, and of the file. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, newVisitor } from '../support/browser.ts';
import { LessonStub } from '../support/lesson-stub.ts';
import { TestServer } from '../support/server.ts';
import { buildSite, FIXTURE_LESSONS, siteFolder, sitePaths } from '../support/site.ts';

const SOLUTION = { text: 'echo solved', terminal: 'main', interrupt: false, exit: 0, background: false, opens: null };

let folder: string;
let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  folder = siteFolder();
  const { status, output } = await buildSite(FIXTURE_LESSONS, folder);
  expect([status, output]).toEqual([0, output]);
  server = await TestServer.start({
    sandboxes: { mode: 'off', code: 'sandboxes-off' },
    paths: sitePaths(folder),
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await context?.close();
  ({ context, page } = await newVisitor(browser, { colorScheme: 'dark' }));
  const stub = await LessonStub.on(page, {
    tasks: ['write', 'count', 'deleted', 'serve', 'shared'],
    quizzes: { kernel: 3, namespaces: 4 },
    solution: { steps: [SOLUTION] },
  });
  stub.task('write', { state: 'done', doneAt: Date.UTC(2030, 2, 3, 12), solution: true });
  await page.goto(`${server.url}/courses/specimen/tasks/`);
  await page.locator('#write[data-state="done"]').waitFor();
  await page.locator('#kernel input[value="0"]').check({ force: true });
  await page.locator('#kernel').getByRole('button', { name: 'Answer' }).click();
  await page.locator('#kernel .explanation').waitFor();
});

/** The page as it is laid out for paper. */
async function onPaper(): Promise<void> {
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
}

test('text, hints, output, answers and solutions that were looked at are on paper, in ink', async () => {
  await onPaper();
  const shown = [
    'Write a greeting',
    'It begins with',
    'wc -l',
    'banana',
    'echo solved',
    'Why answer 0 is right',
    'Done on 3 March',
  ];
  for (const text of shown) expect([text, await page.getByText(text).first().isVisible()]).toEqual([text, true]);
  expect(await page.getByRole('radio', { name: 'The files.' }).isChecked()).toBe(true);
  expect(await page.locator('.solution:visible').count()).toBe(1);
  const ink = await page.evaluate(() => getComputedStyle(document.querySelector('.task > p')!).color);
  expect(ink).toBe('rgb(36, 33, 28)');
});

test('nothing on paper is there to be pressed, and there is no terminal', async () => {
  await onPaper();
  expect(await page.locator('button:visible, summary:visible >> nth=99, slipway-terminals:visible').count()).toBe(0);
  expect(await page.locator('input[type="text"]:visible').count()).toBe(0);
});

test('nothing on paper is wider than it', async () => {
  await page.setViewportSize({ width: 700, height: 1000 });
  await onPaper();
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('main *')]
      .filter((element) => element.getBoundingClientRect().right > 701)
      .map(({ className }) => className),
  );
  expect(wide).toEqual([]);
});

test('a link that leaves the site has its address beside it', async () => {
  await page.goto(`${server.url}/courses/specimen/parts/`);
  await onPaper();
  const link = page.getByRole('link', { name: /to the outside/ });
  expect(await link.evaluate((element) => getComputedStyle(element, '::after').content)).toContain(
    'https://example.org/',
  );
});

test('the browser prints it, and the page is as it was', async () => {
  const folded = () => page.locator('details:not([open])').count();
  const before = await folded();
  const pdf = await page.pdf({ format: 'A4' });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(await folded()).toBe(before);
  expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
});
