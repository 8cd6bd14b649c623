import { beforeEach, expect, test } from 'vitest';
import { LESSON, screenShows, terminalState, typeLine } from '../support/browser.ts';
import { atPrompt, learnerPage, type LearnerPage } from '../support/learner-page.ts';
import { TestServer } from '../support/server.ts';

const at = learnerPage({
  path: LESSON,
  start: () => TestServer.start({ idleFreezeMs: 1000, idleStopMs: 12_000 }),
  arrived: async (page) => {
    await atPrompt(page);
    await typeLine(page, 'export MARK=mine; echo before-$((40 + 2))');
    await screenShows(page, /before-42\s+\S*\$\s*$/);
  },
});
let server: LearnerPage['server'];
let context: LearnerPage['context'];
let page: LearnerPage['page'];
let problems: LearnerPage['problems'];
beforeEach(() => {
  ({ server, context, page, problems } = at);
});

/** As when another tab is brought to the front. */
async function look(away: 'away' | 'back'): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, away === 'away');
}

async function becomes(state: string): Promise<void> {
  const [, , course] = LESSON.split('/');
  const ask = async () => {
    const answer = await context.request.get(`${server.url}/api/courses/${course}/sandbox`);
    return ((await answer.json()) as { state: string }).state;
  };
  await expect.poll(ask, { timeout: 40_000, interval: 100 }).toBe(state);
}

const notice = () => page.locator('slipway-terminal[name="main"] .notice-bar');

/** The old shell's output, once, then why that ended, then a new shell that works. */
async function goesOnAfter(why: RegExp): Promise<void> {
  const screen = await screenShows(page, /A new one: —\s+\S+\$\s*$/);
  expect(screen.match(/before-42/g)).toHaveLength(1);
  expect(screen.match(/This shell ended when/g)).toHaveLength(1);
  expect(screen).toMatch(why);
  expect(screen.indexOf('before-42')).toBeLessThan(screen.indexOf('This shell ended'));
  await typeLine(page, 'echo "mark is ($MARK)"; echo after-$((40 + 2))');
  await screenShows(page, /mark is \(\)\s+after-42/);
}

test('who comes back to a frozen sandbox is told so, and the shell goes on', async () => {
  await look('away');
  await becomes('frozen');
  await look('back');
  await terminalState(page, 'connected');
  await expect
    .poll(() => notice().innerText())
    .toContain('frozen while you were away; everything goes on where it was');
  await typeLine(page, 'echo "mark is $MARK"');
  const screen = await screenShows(page, /mark is mine/);
  expect(screen.match(/before-42/g)).toHaveLength(1);
  await notice().getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await terminalState(page, 'connected');
  await screenShows(page, /mark is mine/);
  expect(await notice().isVisible()).toBe(false);
  expect(problems).toEqual([]);
});

const STOPPED = /This shell ended when the sandbox was stopped after 12 seconds without you\. A new one:/;

test('a page that stayed open keeps what its shell showed before the sandbox was stopped', async () => {
  await look('away');
  await becomes('stopped');
  await look('back');
  await terminalState(page, 'connected');
  await expect
    .poll(() => notice().innerText())
    .toContain('stopped while you were away: programs have ended, files are');
  await goesOnAfter(STOPPED);
  expect(problems).toEqual([]);
});

test('a page that is opened after the sandbox was stopped shows what was there', async () => {
  await page.goto('about:blank');
  await becomes('stopped');
  await page.goto(server.url + LESSON);
  await terminalState(page, 'connected');
  await expect.poll(() => notice().innerText()).toContain('stopped while you were away');
  await goesOnAfter(STOPPED);
});

test('after a restart of the sandbox what was there is still to be seen, and nobody says that it was away', async () => {
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('menuitem', { name: 'Restart the sandbox' }).click();
  await page.getByRole('button', { name: 'Restart', exact: true }).click();
  await goesOnAfter(/This shell ended when you restarted the sandbox\. A new one:/);
  expect(await notice().textContent()).not.toMatch(/away/);
  expect(problems).toEqual([]);
});
