import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser, LESSON, newVisitor, screenShows } from '../support/browser.ts';
import { freePort } from '../support/gateway.ts';
import { shiftsOf, watchShifts } from '../support/layout/shifts.ts';
import { TestServer } from '../support/server.ts';
import { TransferLog } from '../support/transfers.ts';

/** What the scripts of a lesson may weigh until its first prompt, in bytes as they come through the line. */
const SCRIPT_BUDGET = 150_000;

let server: TestServer;
let browser: Browser;
/** A class's own network: no loopback and no certificate, so that Chromium takes gzip and no Brotli. */
let classOrigin: string;

beforeAll(async () => {
  const port = await freePort();
  classOrigin = `http://class.test:${port}`;
  server = await TestServer.start({ port, urls: [`http://127.0.0.1:${port}`, classOrigin] });
  browser = await launchBrowser(['--host-resolver-rules=MAP class.test 127.0.0.1']);
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

const LINES = [
  { line: 'loopback', encoding: 'br', origin: () => server.url },
  { line: 'a network without certificates', encoding: 'gzip', origin: () => classOrigin },
];

test.each(LINES)(
  'over $line, the scripts before the first prompt weigh 150 KB at most',
  async ({ origin, encoding }) => {
    const { context, page } = await newVisitor(browser);
    const transfers = await TransferLog.of(page);
    await page.goto(origin() + LESSON);
    await screenShows(page, /\$\s*$/);
    const scripts = transfers.of('Script').filter(({ afterOutput }) => !afterOutput);
    const [largest] = scripts.toSorted((a, b) => b.bytes! - a.bytes!);
    expect(largest).toMatchObject({ encoding });
    // The emulator alone is more than a tenth of it: a sum that has not met it is of nothing.
    expect(largest!.bytes).toBeGreaterThan(SCRIPT_BUDGET / 10);
    expect(scripts.reduce((sum, { bytes }) => sum + bytes!, 0)).toBeLessThanOrEqual(SCRIPT_BUDGET);
    await context.close();
  },
);

test('the text is there to read before any script of the page has come', async () => {
  const { context, page } = await newVisitor(browser);
  const held: string[] = [];
  await page.route('**/_astro/*.js', (route) => void held.push(route.request().url()));
  await page.goto(server.url + LESSON, { waitUntil: 'commit' });
  const text = page.getByRole('article');
  await text.getByRole('heading', { level: 1 }).waitFor();
  await expect.poll(async () => (await text.innerText()).length).toBeGreaterThan(1000);
  // In the page is not yet on the screen.
  const painted = () => performance.getEntriesByName('first-contentful-paint').length;
  await expect.poll(() => page.evaluate(painted)).toBe(1);
  expect(held.length).toBeGreaterThan(1);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await context.close();
});

test('a page asks nothing of another host', async () => {
  const { context, page } = await newVisitor(browser);
  const transfers = await TransferLog.of(page);
  for (const path of ['/', '/join/', '/nothing/', '/courses/containers-and-docker/', LESSON]) {
    await page.goto(server.url + path);
  }
  await screenShows(page, /\$\s*$/);
  const { host } = new URL(server.url);
  expect(transfers.asked.some((url) => url.startsWith('ws://'))).toBe(true);
  expect(transfers.asked.filter((url) => !url.startsWith('data:') && new URL(url).host !== host)).toEqual([]);
  await context.close();
});

test('nothing moves when fonts come late', async () => {
  const { context, page } = await newVisitor(browser);
  await watchShifts(page);
  let late = 0;
  await page.route('**/*.woff2', async (route) => {
    late++;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await route.continue();
  });
  await page.goto(server.url + LESSON);
  await screenShows(page, /\$\s*$/);
  await page.evaluate(() => document.fonts.ready);
  expect(late).toBeGreaterThan(1);
  expect(await shiftsOf(page)).toEqual([]);
  await context.close();
});
