/** What a learner sees of the queue, and of the time that their session has: pages on whole servers. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { LESSON, screenShows, terminalState } from '../support/browser.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { TERMINAL } from '../support/raw-web.ts';
import { Reader } from '../support/reader.ts';
import { LESSON_VIEWS, lookAt } from '../support/screens.ts';
import { TestServer } from '../support/server.ts';

const MINUTE = 60_000;

/** The widest window and a phone with its sheet up. */
const VIEWS = LESSON_VIEWS.filter(
  ({ width, textSize, sheet }) => textSize === 100 && (width === 1440 || (width === 390 && sheet === 'up')),
);

let server: TestServer;
let reader: Reader;

beforeAll(async () => {
  server = await TestServer.start({ maxSandboxes: 1, sessionTimeMs: 9 * MINUTE, sessionExtendMs: 30 * MINUTE });
  reader = await Reader.start(100);
});
afterAll(async () => {
  await reader?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const status = (page: Page) => page.locator('slipway-terminal[name="main"] .status-panel').innerText();

/** Deletes all that is a learner's. */
async function leaves(cookie: string): Promise<void> {
  const headers = { 'content-type': 'application/json', origin: server.url, cookie };
  await fetch(`${server.url}/api/progress/delete`, { method: 'POST', headers, body: '{}' });
}

test.each(VIEWS)(
  'who waits sees their place, gets in by themselves, and may have a session that ends soon for longer: $width px, $scheme',
  async (view) => {
    const [first, second] = [await visit(server.url), await visit(server.url)];
    await (await TestPage.open(server.url, first, TERMINAL)).attach();
    const before = await TestPage.open(server.url, second, TERMINAL);
    before.say({ type: 'open', visible: true, columns: 80, rows: 24 });
    await before.hears('starting');

    const { page, problems } = await reader.open(view);
    await page.goto(server.url + LESSON);
    await terminalState(page, 'queued');
    await expect.poll(() => status(page)).toContain('You are 2nd in the queue.');
    // It is known from the third view on: the places of the first two became free.
    expect(await status(page)).toMatch(/How long it takes is not known yet\.|About|Less than/);
    const spoken = page.locator('slipway-terminal[name="main"] > [role="status"]');
    expect(await spoken.textContent()).toContain('Terminal main: You are 2nd in the queue.');
    expect(await lookAt(page, 'queue', view, 'slipway-terminals')).toEqual([]);

    await leaves(first);
    await before.hears('attached');
    await expect.poll(() => status(page)).toContain('You are next in the queue.');
    before.close();
    await leaves(second);
    await terminalState(page, 'connected');
    await screenShows(page, /\$\s*$/);

    const notice = page.locator('slipway-terminal[name="main"] .notice-bar');
    await notice.waitFor();
    expect(await notice.innerText()).toMatch(/Your session ends in 9 minutes\. .*files are kept/);
    const [bar, screen] = [await notice.boundingBox(), await page.locator('.terminal-screen').first().boundingBox()];
    expect(bar!.y, 'away from the prompt').toBeGreaterThan(screen!.y + screen!.height / 2);
    expect(await lookAt(page, 'session-warning', view, 'slipway-terminals')).toEqual([]);
    await notice.getByRole('button', { name: 'Keep it for 30 minutes' }).click();
    const left = page.locator('.pane-time');
    await expect.poll(() => left.innerText()).toBe('30 min left');
    expect(await notice.isVisible()).toBe(false);
    await left.click();
    expect(await page.locator('dialog').innerText()).toMatch(/It ends at .* in 30 minutes/);
    expect(await lookAt(page, 'session-dialog', view, 'dialog')).toEqual([]);
    await page.getByRole('button', { name: 'Close', exact: true }).last().click();
    const cookies = await page.context().cookies();
    await leaves(cookies.map(({ name, value }) => `${name}=${value}`).join('; '));
    expect(problems).toEqual([]);
    await page.close();
  },
);

test('at the end of the session the page says so, and what was shown is there when the sandbox is started again', async () => {
  await using short = await TestServer.start({ sessionTimeMs: 12_000, sessionExtendMs: 0 });
  const { page } = await reader.open(VIEWS[0]!);
  await page.goto(short.url + LESSON);
  await screenShows(page, /\$\s*$/);
  await page.locator('slipway-terminal[name="main"] textarea').focus();
  await page.keyboard.type('echo remember-$((40 + 2))\n');
  await screenShows(page, /remember-42/);
  await terminalState(page, 'refused');
  await expect.poll(() => status(page)).toContain('The time of your session is over.');
  expect(await page.locator('.pane-time').isVisible()).toBe(false);
  expect(await page.locator('.notice-bar').first().isVisible()).toBe(false);
  expect(await lookAt(page, 'session-over', VIEWS[0]!, 'slipway-terminals')).toEqual([]);
  await page.getByRole('button', { name: 'Start it again' }).click();
  await screenShows(page, /remember-42[^]*the time of your session was over/);
  await page.close();
});
