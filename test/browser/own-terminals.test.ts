/** Terminals that a learner opens beside the lesson's: the tab bar's `+` and `×`. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_OWN_TERMINALS } from '../../sandbox-server/protocol/limits.ts';
import { LESSON, screenShows, terminalState, typeLine } from '../support/browser.ts';
import { atPrompt, learnerPage, type LearnerPage } from '../support/learner-page.ts';

/** The machine may be busy with other things. */
const eventually = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 15_000 });

const at = learnerPage({ path: LESSON, arrived: atPrompt });
let server: LearnerPage['server'];
let context: LearnerPage['context'];
let page: LearnerPage['page'];
let problems: LearnerPage['problems'];
beforeEach(() => {
  ({ server, context, page, problems } = at);
});
afterEach(() => {
  expect(problems).toEqual([]);
});

const opener = () => page.getByRole('button', { name: 'New terminal' });
/** A lesson may have tabs in its text as well. */
const bar = (on = page) => on.getByRole('tablist', { name: 'Terminals' });
const tabNames = (on = page) => bar(on).getByRole('tab').allInnerTexts();
const cross = (name: string) => page.locator('.tab', { hasText: name }).locator('.tab-close');

/** The name of the terminal that has the focus. */
const focused = () =>
  page.evaluate(() => document.activeElement?.closest('slipway-terminal')?.getAttribute('name') ?? null);

async function openOwn(name: string): Promise<void> {
  await opener().click();
  await terminalState(page, 'connected', name);
  await screenShows(page, /\$\s*$/, name);
  await eventually(focused).toBe(name);
}

test('another terminal of the same sandbox opens, gets the focus, and is there again after a reload with its output', async () => {
  await typeLine(page, 'echo from-main > note');
  await openOwn('extra-1');
  await page.keyboard.type('export MARK=mine; cat note\n');
  await screenShows(page, /from-main/, 'extra-1');
  expect(await tabNames()).toEqual(['main', 'second', 'extra-1']);
  await page.reload();
  await terminalState(page, 'connected');
  expect(await tabNames()).toEqual(['main', 'second', 'extra-1']);
  await bar().getByRole('tab', { name: 'extra-1' }).click();
  await screenShows(page, /from-main/, 'extra-1');
  await eventually(focused).toBe('extra-1');
  await page.keyboard.type('echo "mark is $MARK"\n');
  await screenShows(page, /mark is mine/, 'extra-1');
});

test('it lives on across the lessons of the course, behind whatever terminals they have', async () => {
  const show = (...names: string[]) =>
    page.evaluate((names) => {
      const pane = document.querySelector('slipway-terminals') as unknown as {
        show(names: string[], lesson: string): void;
      };
      pane.show(names, 'introduction');
    }, names);
  await show('main');
  await openOwn('extra-1');
  await page.keyboard.type('MARK=mine\n');
  await show('main', 'second');
  expect(await tabNames()).toEqual(['main', 'second', 'extra-1']);
  expect(await bar().getByRole('tab', { selected: true }).innerText()).toBe('extra-1');
  expect(await focused()).toBe('extra-1');
  await page.keyboard.type('echo "mark is $MARK"\n');
  await screenShows(page, /mark is mine/, 'extra-1');
  await show('second');
  expect(await tabNames()).toEqual(['second', 'extra-1']);
});

test('the cross ends what runs, after a question, and the neighbour gets the focus', async () => {
  await openOwn('extra-1');
  await openOwn('extra-2');
  await page.keyboard.type('sleep 4711\n');
  await typeLine(page, 'until pgrep -x sleep; do :; done', 'extra-2');
  await cross('extra-2').click();
  const dialog = page.getByRole('dialog', { name: 'Close the terminal extra-2?' });
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  expect(await tabNames()).toContain('extra-2');
  await cross('extra-2').click();
  await dialog.getByRole('button', { name: 'Close it' }).click();
  await eventually(() => tabNames()).toEqual(['main', 'second', 'extra-1']);
  await eventually(focused).toBe('extra-1');
  await page.keyboard.type('while pgrep -x sleep; do :; done; echo all-$((1 + 1))-gone\n');
  await screenShows(page, /all-2-gone/, 'extra-1');
  // A shell at its prompt is not asked about.
  await cross('extra-1').click();
  await eventually(() => tabNames()).toEqual(['main', 'second']);
  await terminalState(page, 'connected', 'second');
  await eventually(focused).toBe('second');
});

test('a shell that is left closes its tab, and the next of its name is another', async () => {
  await openOwn('extra-1');
  await page.keyboard.type('echo old; false; exit\n');
  await eventually(() => tabNames()).toEqual(['main', 'second']);
  await openOwn('extra-1');
  expect(await screenShows(page, /\$\s*$/, 'extra-1')).not.toContain('old');
});

test('a shell that was killed says so in its tab', async () => {
  await openOwn('extra-1');
  await page.keyboard.type('kill -KILL $$\n');
  await terminalState(page, 'ended', 'extra-1');
  await page.getByRole('button', { name: 'Start a new shell' }).click();
  await terminalState(page, 'connected', 'extra-1');
  expect(await tabNames()).toContain('extra-1');
});

test('with keys alone: open, go among the tabs, close; a terminal of the lesson stays', async () => {
  await opener().focus();
  await page.keyboard.press('Enter');
  await eventually(focused).toBe('extra-1');
  await bar().getByRole('tab', { name: 'extra-1' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Delete');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('main');
  await page.keyboard.press('ArrowLeft');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('extra-1');
  await page.keyboard.press('Delete');
  await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toBe('second');
  expect(await tabNames()).toEqual(['main', 'second']);
});

test('when no more fit, the button says why, and a closed one makes room', async () => {
  for (let n = 1; n <= MAX_OWN_TERMINALS; n++) await openOwn(`extra-${n}`);
  await eventually(() => opener().isDisabled()).toBe(true);
  expect(await opener().getAttribute('title')).toContain('close one');
  await opener().click({ force: true });
  expect(await tabNames()).toHaveLength(2 + MAX_OWN_TERMINALS);
  await cross('extra-2').click();
  await eventually(() => opener().isDisabled()).toBe(false);
  await openOwn('extra-2');
});

test('two windows of a browser have the same ones', async () => {
  const other = await context.newPage();
  await other.goto(server.url + LESSON);
  await terminalState(other, 'connected');
  await page.bringToFront();
  await openOwn('extra-1');
  await eventually(() => tabNames(other)).toEqual(['main', 'second', 'extra-1']);
  await bar(other).getByRole('tab', { name: 'extra-1' }).click();
  await terminalState(other, 'connected', 'extra-1');
  await cross('extra-1').click();
  await eventually(() => tabNames(other)).toEqual(['main', 'second']);
  await eventually(() => tabNames()).toEqual(['main', 'second']);
});

test('side by side they are all there, wide enough, and what is closed leaves its room to the others', async () => {
  await page.getByRole('button', { name: 'Side by side' }).click();
  const boxes = () =>
    page.locator('.panel').evaluateAll((panels) =>
      panels.map((panel) => {
        const { width, height } = panel.getBoundingClientRect();
        return { width: Math.round(width), height: Math.round(height) };
      }),
    );
  const two = await boxes();
  await openOwn('extra-1');
  await openOwn('extra-2');
  for (const name of ['main', 'second', 'extra-1', 'extra-2']) await screenShows(page, /\$\s*$/, name);
  const four = await boxes();
  expect(four).toHaveLength(4);
  for (const { width, height } of four) {
    expect(Math.abs(width - two[0]!.width)).toBeLessThanOrEqual(1);
    expect(Math.abs(height - two[0]!.height / 2)).toBeLessThanOrEqual(1);
  }
  await cross('extra-1').click();
  await cross('extra-2').click();
  await eventually(boxes).toEqual(two);
});

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]) {
  test(`nothing jumps, the button stays in sight, and axe finds nothing, ${viewport.width} px wide`, async () => {
    await page.setViewportSize(viewport);
    const places = () =>
      page
        .locator('.pane-bar, .panels, .tab:first-child, .tab:nth-child(2), .pane-state, .sheet-toggle')
        .evaluateAll((elements) => elements.map((element) => JSON.stringify(element.getBoundingClientRect())));
    await opener().click();
    await terminalState(page, 'connected', 'extra-1');
    await bar().getByRole('tab', { name: 'main' }).click();
    const before = await places();
    await opener().click();
    await terminalState(page, 'connected', 'extra-2');
    await bar().getByRole('tab', { name: 'main' }).click();
    expect(await places()).toEqual(before);
    for (const name of ['extra-3', 'extra-4']) {
      await opener().click();
      await terminalState(page, 'connected', name);
    }
    const box = (await opener().boundingBox())!;
    expect(box.x + box.width).toBeLessThan(viewport.width);
    const list = (await bar().boundingBox())!;
    const newest = (await cross('extra-4').boundingBox())!;
    expect(newest.x + newest.width).toBeLessThanOrEqual(list.x + list.width + 1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).exclude('.xterm-screen').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
}
