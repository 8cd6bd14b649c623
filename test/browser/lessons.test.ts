import { beforeEach, expect, test } from 'vitest';
import { newVisitor, screenShows, terminalState, typeLine } from '../support/browser.ts';
import { learnerPage, type LearnerPage, specimenServer } from '../support/learner-page.ts';

const PARTS = '/courses/specimen/parts/';

const at = learnerPage({ path: PARTS, start: specimenServer() });
let server: LearnerPage['server'];
let browser: LearnerPage['browser'];
let page: LearnerPage['page'];
let problems: LearnerPage['problems'];
beforeEach(() => {
  ({ server, browser, page, problems } = at);
});

test('the terminal lives on when the learner goes on to the next lesson and back', async () => {
  await terminalState(page, 'connected');
  await typeLine(page, 'export MARK=mine');
  let sockets = 0;
  page.on('websocket', (socket) => (sockets += Number(socket.url().includes('/terminals/'))));
  await page.getByRole('link', { name: /^Next/ }).click();
  await page.waitForURL('**/more/');
  await page.locator('h1', { hasText: 'More' }).waitFor();
  await typeLine(page, 'echo "mark is $MARK"');
  await screenShows(page, /mark is mine/);
  expect(await page.getByRole('tab').allInnerTexts()).toEqual(['main']);
  await page.getByRole('link', { name: /^Previous/ }).click();
  await page.locator('h1', { hasText: 'Parts' }).waitFor();
  await screenShows(page, /mark is mine/);
  // The second terminal of this lesson may open one of its own; the first was never connected anew.
  expect(sockets).toBe(0);
  expect(problems).toEqual([]);
});

test('all lessons of the course are within reach in the header', async () => {
  await page.getByRole('button', { name: /all lessons/ }).click();
  const lessons = page.getByRole('navigation', { name: 'Lessons of this course' });
  expect(await lessons.getByRole('link').allInnerTexts()).toEqual([
    expect.stringMatching(/1\s+Parts/),
    expect.stringMatching(/2\s+More/),
    expect.stringMatching(/3\s+Tasks/),
  ]);
  await lessons.getByRole('link', { name: /More/ }).click();
  await page.locator('h1', { hasText: 'More' }).waitFor();
});

test('a variant is chosen by mouse or keys, remembered, and nothing below it moves', async () => {
  const tabs = page.locator('slipway-tabs');
  const figures = page.getByRole('heading', { name: 'Figures' });
  const top = async () => (await figures.boundingBox())!.y;
  await expect.poll(() => tabs.getByText('dpkg --print').isVisible()).toBe(true);
  expect(await tabs.getByText('dnf list').isVisible()).toBe(false);
  const before = await top();
  await tabs.getByRole('tab', { name: 'Fedora' }).click();
  expect(await tabs.getByText('dnf list').isVisible()).toBe(true);
  expect(await tabs.getByText('dpkg --print').isVisible()).toBe(false);
  expect(await top()).toBe(before);
  await page.reload();
  await expect.poll(() => tabs.getByText('dnf list').isVisible()).toBe(true);
  await tabs.getByRole('tab', { name: 'Fedora' }).focus();
  await page.keyboard.press('ArrowLeft');
  expect(await tabs.getByText('dpkg --print').isVisible()).toBe(true);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Debian');
});

test('without script every variant is there to read', async () => {
  const { context, page } = await newVisitor(browser, { javaScriptEnabled: false });
  await page.goto(server.url + PARTS);
  for (const text of ['dpkg --print', 'dnf list']) expect(await page.getByText(text).first().isVisible()).toBe(true);
  expect(await page.getByRole('tab').count()).toBe(0);
  await context.close();
});

test('code shows each sign by itself, as the terminal does, and its tabs are narrow but in output', async () => {
  const style = (selector: string, property: 'fontFeatureSettings' | 'tabSize') =>
    page
      .locator(selector)
      .first()
      .evaluate((code, name) => getComputedStyle(code)[name], property);
  for (const code of [
    '.prose p code',
    'slipway-code[data-kind="command"] code',
    'slipway-code[data-kind="output"] code',
  ]) {
    expect([code, await style(code, 'fontFeatureSettings')]).toEqual([code, '"calt" 0']);
  }
  expect(await style('slipway-code[data-kind="command"] code', 'tabSize')).toBe('4');
  expect(await style('slipway-code[data-kind="output"] code', 'tabSize')).toBe('8');
});
