import { beforeEach, expect, test } from 'vitest';
import { LESSON, screenShows, terminalState, typeLine } from '../support/browser.ts';
import { atPrompt, learnerPage, type LearnerPage } from '../support/learner-page.ts';

const at = learnerPage({ path: LESSON, arrived: atPrompt });
let server: LearnerPage['server'];
let context: LearnerPage['context'];
let page: LearnerPage['page'];
let problems: LearnerPage['problems'];
beforeEach(() => {
  ({ server, context, page, problems } = at);
});

test('after a reload the same shell is there with what it printed', async () => {
  await typeLine(page, 'export MARK=mine; echo before-$((1 + 1))');
  await screenShows(page, /before-2/);
  await page.reload();
  await terminalState(page, 'connected');
  await screenShows(page, /before-2/);
  await typeLine(page, 'echo "mark is $MARK"');
  await screenShows(page, /mark is mine/);
  expect(problems).toEqual([]);
});

test('after a reload the terminal is as wide as it was, and lines that wrap are whole', async () => {
  const width = () => page.locator('slipway-terminal .xterm-screen').evaluate((screen) => screen.clientWidth);
  await expect
    .poll(() =>
      page
        .locator('slipway-terminal .terminal-screen')
        .evaluate((pane) => pane.clientWidth - pane.querySelector('.xterm-screen')!.clientWidth),
    )
    .toBeLessThan(20);
  const before = await width();
  const letters = Array.from({ length: 40 }, (_, index) => `letter${index}`).join('-');
  await typeLine(page, `echo ${letters} | wc --chars`);
  await screenShows(page, /^350$/m);
  await page.reload();
  await terminalState(page, 'connected');
  const screen = await screenShows(page, /^350$/m);
  expect(screen.replaceAll('\n', '')).toContain(letters);
  await page.waitForTimeout(1000);
  expect(await width()).toBe(before);
});

test('a lost network is said, and afterwards not a line is missing', async () => {
  await typeLine(page, 'for i in $(seq 1 60); do echo "n-$i-n"; sleep 0.05; done');
  await screenShows(page, /n-5-n/);
  await server.end('gateway', 'SIGKILL');
  await terminalState(page, 'reconnecting');
  await expect
    .poll(() => page.locator('slipway-terminals').innerText(), { timeout: 5000 })
    .toContain('Your shell goes on');
  await server.run('gateway');
  await terminalState(page, 'connected');
  const screen = await screenShows(page, /n-60-n/);
  const lines = [...screen.matchAll(/^n-(\d+)-n$/gm)].map((match) => Number(match[1]));
  expect(lines).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
});

test('two tabs show the same terminal', async () => {
  const other = await context.newPage();
  await other.goto(server.url + LESSON);
  await terminalState(other, 'connected');
  await page.bringToFront();
  await typeLine(page, 'echo shared-$((3 * 3))');
  await screenShows(page, /shared-9/);
  await other.bringToFront();
  await screenShows(other, /shared-9/);
});

test('Ctrl-C interrupts, even a flood, and the page stays alive', async () => {
  await typeLine(page, 'yes flood');
  await page.waitForTimeout(3000);
  const began = Date.now();
  await page.keyboard.press('Control+c');
  await screenShows(page, /\^C[^]*\$\s*$/);
  // Generous: what is held here is that it ends at all while the flood is on; the bench measures.
  expect(Date.now() - began).toBeLessThan(5000);
  await typeLine(page, 'echo alive-$((2 + 2))');
  await screenShows(page, /alive-4/);
});

test('a shell that ends says so, and a button starts another', async () => {
  await typeLine(page, 'exit 7');
  await terminalState(page, 'ended');
  await page.getByRole('button', { name: 'Start a new shell' }).click();
  await terminalState(page, 'connected');
  await typeLine(page, 'echo anew-$((4 + 4))');
  await screenShows(page, /anew-8/);
});

test('a run button types into its terminal and shows how the command ended', async () => {
  const run = page.getByRole('button', { name: /^Run/ }).first();
  await run.click();
  await expect.poll(() => page.locator('.prose').innerText(), { timeout: 15_000 }).toMatch(/Done|ended|✓|succeeded/i);
});

test('a run button for another terminal opens it there', async () => {
  const run = page.getByRole('button', { name: /second/ }).first();
  await run.click();
  await terminalState(page, 'connected', 'second');
  await screenShows(page, /\S+[^]*\$\s*$/, 'second');
});

test('a restart of the sandbox keeps the files and ends the programs', async () => {
  await typeLine(page, 'echo kept > note; sleep 500 & echo o""k');
  await screenShows(page, /ok/);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('menuitem', { name: 'Restart the sandbox' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /restart/i })
    .click();
  await screenShows(page, /sleep 500[^]*you restarted the sandbox[^]*\$\s*$/);
  await typeLine(page, 'cat note; pgrep -c sleep');
  await screenShows(page, /kept\s+0/);
});
