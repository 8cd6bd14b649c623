import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { launchBrowser, LESSON, newVisitor } from '../support/browser.ts';
import { faultsOf } from '../support/layout/audit.ts';
import { TestServer } from '../support/server.ts';

/** A server that shows lessons only. */
let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  server = await TestServer.start({ sandboxes: { mode: 'off', code: 'sandboxes-off' } });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];
const SCHEMES = ['light', 'dark'] as const;

/** The lesson without what runs in it: paragraphs and recorded output. */
async function readsWell(page: Page): Promise<void> {
  const outputs = page.locator('[data-kind="output"]');
  const paragraphs = page.getByRole('article').getByRole('paragraph');
  expect(await outputs.count()).toBeGreaterThan(0);
  expect(await paragraphs.count()).toBeGreaterThan(5);
  for (const text of [...(await outputs.all()), paragraphs.first()]) {
    expect(await text.isVisible()).toBe(true);
    expect((await text.innerText()).trim()).not.toBe('');
  }
}

/** The list of lessons opens without script; no other button would do anything. */
async function offersNoScript(page: Page): Promise<void> {
  const buttons = await page.getByRole('button').all();
  expect(await Promise.all(buttons.map((button) => button.textContent()))).toEqual([
    expect.stringMatching(/all lessons\s*$/),
  ]);
}

async function isRefused(page: Page): Promise<void> {
  const words = page.locator('slipway-terminal[data-state="refused"] > .status-panel:not([hidden])');
  await words.first().waitFor({ state: 'attached' });
}

async function axeFindings(page: Page, without: string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page }).exclude('.xterm-screen').disableRules(without);
  const { violations } = await axe.setLegacyMode(true).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

describe('without JavaScript', () => {
  test.each(SIZES)('a lesson reads well, $width px wide', async (viewport) => {
    const { context, page } = await newVisitor(browser, { viewport, javaScriptEnabled: false });
    await page.goto(server.url + LESSON);
    await readsWell(page);
    expect(await faultsOf(page)).toEqual([]);
    await context.close();
  });

  // Axe is script itself: here none of the page's own comes, which leaves the same page.
  test.each(SCHEMES)('axe finds nothing in a lesson, %s', async (colorScheme) => {
    const { context, page } = await newVisitor(browser, { colorScheme });
    await page.route('**/*.js', (route) => route.abort());
    await page.goto(server.url + LESSON);
    await offersNoScript(page);
    // Code that scrolls gets a tab stop by script. Without any, browsers give it one themselves: see the next test.
    expect(await axeFindings(page, ['scrollable-region-focusable'])).toEqual([]);
    await context.close();
  });

  test('output that is wider than the page is reached by the Tab key', async () => {
    const { context, page } = await newVisitor(browser, { viewport: SIZES[2]!, javaScriptEnabled: false });
    await page.goto(server.url + LESSON);
    const isInWide = () =>
      page.evaluate(() => {
        const pre = document.activeElement?.closest('[data-kind="output"] pre');
        return pre != null && pre.scrollWidth > pre.clientWidth;
      });
    for (let presses = 0; presses < 50 && !(await isInWide()); presses++) await page.keyboard.press('Tab');
    expect(await isInWide()).toBe(true);
    await context.close();
  });

  test('a lesson has no terminals, and no button that would do nothing', async () => {
    const { context, page } = await newVisitor(browser, { javaScriptEnabled: false });
    await page.goto(server.url + LESSON);
    expect(await page.getByRole('complementary', { name: 'Terminals' }).count()).toBe(0);
    await offersNoScript(page);
    await context.close();
  });

  test('links lead from the courses to a lesson and back', async () => {
    const { context, page } = await newVisitor(browser, { javaScriptEnabled: false });
    await page.goto(server.url);
    await page.getByRole('main').locator('a[href^="/courses/"]').first().click();
    await page.waitForURL(/\/courses\/[^/]+\/$/);
    await page.getByRole('main').locator('a[href^="/courses/"]').first().click();
    await page.waitForURL(/\/courses\/[^/]+\/[^/]+\/$/);
    await page.getByRole('banner').locator('a[href^="/courses/"]').first().click();
    await page.waitForURL(/\/courses\/[^/]+\/$/);
    await context.close();
  });
});

describe('without sandboxes', () => {
  test.each(SIZES)('a lesson reads well, $width px wide', async (viewport) => {
    const { context, page, problems } = await newVisitor(browser, { viewport });
    await page.goto(server.url + LESSON);
    await isRefused(page);
    await readsWell(page);
    expect(await faultsOf(page)).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  });

  test.each(SCHEMES)('axe finds nothing in a lesson, %s', async (colorScheme) => {
    const { context, page } = await newVisitor(browser, { colorScheme });
    await page.goto(server.url + LESSON);
    await isRefused(page);
    expect(await axeFindings(page)).toEqual([]);
    await context.close();
  });

  test('the pane says why there is no terminal, and offers no attempt that cannot succeed', async () => {
    const { context, page } = await newVisitor(browser);
    await page.goto(server.url + LESSON);
    const pane = page.getByRole('complementary', { name: 'Terminals' });
    await pane.getByText(ERRORS['sandboxes-off'].text, { exact: true }).waitFor();
    await pane.getByText(ERRORS['sandboxes-off'].hint, { exact: true }).waitFor();
    expect(await pane.getByRole('tabpanel').getByRole('button').count()).toBe(0);
    await context.close();
  });
});
