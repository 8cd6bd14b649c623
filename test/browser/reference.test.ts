import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser, LESSON, newVisitor, terminalState } from '../support/browser.ts';
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

test('a learner whose terminal fails reads a reference, under which the log has more', async () => {
  await server.end('supervisor', 'SIGKILL');
  const { page } = await newVisitor(browser);
  await page.goto(server.url + LESSON);
  await terminalState(page, 'refused');
  const hint = page.locator('slipway-terminal[name="main"] .status-hint');
  await expect.poll(() => hint.textContent()).toMatch(/ Reference: [0-9a-z]{12}$/);
  const [, reference] = /Reference: (\S+)$/.exec((await hint.textContent())!)!;
  const log = readFileSync(join(server.config.run, 'gateway.log'), 'utf8');
  const lines = log.split('\n').filter((line) => line.includes(reference!));
  expect(lines.join('\n')).toMatch(/"code":"supervisor-away"/);
});
