import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser, LESSON, newVisitor, screenShows, terminalState, typeLine } from '../support/browser.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  server = await TestServer.start();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

test('a visitor opens a lesson and a command is answered by a container of their own', async () => {
  const { page, problems } = await newVisitor(browser);
  await page.goto(server.url + LESSON);
  await terminalState(page, 'connected');
  await screenShows(page, /learner@slip:~\$/);
  await typeLine(page, 'echo "answer $((6 * 7))"; cat /proc/1/comm; id -un');
  const screen = await screenShows(page, /answer 42[\s\S]*learner@slip/);
  expect(screen).toContain('slipway-init');
  expect(problems).toEqual([]);
});
