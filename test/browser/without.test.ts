import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, LESSON, newVisitor } from '../support/browser.ts';
import { faultsOf } from '../support/layout/audit.ts';
import { TestServer } from '../support/server.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';

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

const WIDTHS = [1440, 1024, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

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

async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).exclude('.xterm-screen').setLegacyMode(true).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

describe('without JavaScript', () => {
  test.each(WIDTHS)('a lesson reads well: $width px, $colorScheme', async ({ width, colorScheme }) => {
    const viewport = { width, height: 900 };
    const { context, page } = await newVisitor(browser, { viewport, colorScheme, javaScriptEnabled: false });
    await page.goto(server.url + LESSON);
    await readsWell(page);
    expect(await faultsOf(page)).toEqual([]);
    // Axe is script: the page's own has had its time, and does not come after it.
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setScriptExecutionDisabled', { value: false });
    expect(await axeFindings(page)).toEqual([]);
    await context.close();
  });

  test('a lesson has no terminals and no button, since none would do anything', async () => {
    const { context, page } = await newVisitor(browser, { javaScriptEnabled: false });
    await page.goto(server.url + LESSON);
    expect(await page.getByRole('complementary', { name: 'Terminals' }).count()).toBe(0);
    expect(await page.getByRole('button').count()).toBe(0);
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
  test.each(WIDTHS)('a lesson reads well: $width px, $colorScheme', async ({ width, colorScheme }) => {
    const viewport = { width, height: 900 };
    const { context, page, problems } = await newVisitor(browser, { viewport, colorScheme });
    await page.goto(server.url + LESSON);
    const terminal = page.locator('slipway-terminal[data-state="refused"]');
    await terminal.first().waitFor({ state: 'attached' });
    await readsWell(page);
    expect(await faultsOf(page)).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
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
