import { AxeBuilder } from '@axe-core/playwright';
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

const PAGES = ['/', '/courses/containers-and-docker/', LESSON, '/join/'];
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

for (const colorScheme of ['light', 'dark'] as const) {
  test.each(SIZES)(`axe finds nothing on any page, ${colorScheme}, $width px wide`, async (viewport) => {
    const { context, page } = await newVisitor(browser, { viewport, colorScheme });
    for (const path of PAGES) {
      await page.goto(server.url + path);
      if (path === LESSON && viewport.width > 1000) await terminalState(page, 'connected');
      // The terminal's cells are drawn by xterm, which has a screen-reader mode of its own.
      const { violations } = await new AxeBuilder({ page }).exclude('.xterm-screen').analyze();
      expect(violations.map(({ id, nodes }) => `${path}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
    }
    await context.close();
  });

  test.each(SIZES)(`no page is wider than its window, ${colorScheme}, $width px wide`, async (viewport) => {
    const { context, page } = await newVisitor(browser, { viewport, colorScheme });
    for (const path of PAGES) {
      await page.goto(server.url + path);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
    await context.close();
  });
}
