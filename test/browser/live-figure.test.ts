/** The live figure of the first lesson, on a real sandbox: what the learner does is in it, as text, and nothing moves. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, LESSON, newVisitor, screenShows, typeLine } from '../support/browser.ts';
import { shiftsOf } from '../support/layout/shifts.ts';
import { Reader, type View } from '../support/reader.ts';
import { lookAt } from '../support/screens.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let reader: Reader;

beforeAll(async () => {
  server = await TestServer.start();
  reader = await Reader.start(100);
});
afterAll(async () => {
  await reader?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const WIDE: View = { width: 1440, height: 900, scheme: 'light', sheet: 'down' };
/** On a phone the terminal is a sheet, which is up while somebody types. */
const PHONE: View = { ...WIDE, width: 390, height: 844, sheet: 'up' };
const VIEWS: View[] = [WIDE, PHONE, { ...WIDE, scheme: 'dark' }, { ...PHONE, scheme: 'dark' }];

const figureOf = (page: Page) => page.locator('.figure-live');

/** The lesson at the figure, which is live. */
async function atFigure(page: Page): Promise<void> {
  await page.goto(server.url + LESSON);
  await screenShows(page, /\$\s*$/);
  await figureOf(page).evaluate((figure) => figure.scrollIntoView({ block: 'start' }));
  await page.locator('.figure-state[data-now]').waitFor();
}

let commands = 0;

/** What a command prints. What is typed does not hold the marks that stand around it. */
async function printed(page: Page, command: string): Promise<string> {
  const n = ++commands;
  await typeLine(page, `clear; echo "<"${n}; ${command}; echo ${n}">"`);
  const screen = await screenShows(page, new RegExp(`<${n}\\s[^]*${n}>\\s[^]*[$#]\\s*$`));
  return new RegExp(`<${n}\\s+([^]*?)\\s+${n}>`).exec(screen)![1]!;
}

const UNSHARE = 'sudo unshare --pid --fork --mount-proc bash';

test('a shell that the learner unshares gets a box, with the number that readlink prints', async () => {
  const { page, problems } = await reader.open(WIDE);
  await atFigure(page);
  const figure = figureOf(page);
  expect(await figure.innerText()).toContain(await printed(page, 'uname -r'));
  for (const kind of ['pid', 'net', 'uts']) {
    const [, inode] = /\[(\d+)\]/.exec(await printed(page, `readlink /proc/self/ns/${kind}`))!;
    await figure.locator('.live-outermost > .live-namespaces').getByText(inode!, { exact: true }).waitFor();
  }
  await figure.getByText('All processes are in the container’s own namespaces.').waitFor();
  const top = await page.locator('#text').evaluate((text) => text.scrollTop);
  await typeLine(page, UNSHARE);
  const box = figure.getByRole('listitem').filter({ hasText: 'outside' }).last();
  await box.waitFor();
  // All of it is in sight, with its edge clear of what stands below.
  const [edge, below] = [
    await figure.getByRole('listitem').first().boundingBox(),
    await figure.locator('.live-engine').boundingBox(),
  ];
  expect(below!.y - (edge!.y + edge!.height)).toBeGreaterThan(4);
  const [, own] = /\[(\d+)\]/.exec(await printed(page, 'readlink /proc/self/ns/pid'))!;
  // In order, as somebody hears it who does not see it.
  expect((await box.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
    new RegExp(
      `^bash pid ${own} Shares net, ipc, mnt, uts, user, cgroup and time\\. outside inside user command \\d+ 1 root bash$`,
    ),
  );
  await typeLine(page, 'exit');
  await figure.getByText('All processes are in the container’s own namespaces.').waitFor();
  expect(await page.locator('#text').evaluate((text) => text.scrollTop)).toBe(top);
  expect(await shiftsOf(page)).toEqual([]);
  expect(problems).toEqual([]);
  await page.close();
});

test('a container of the engine gets a box with its name, above the engine that runs', async () => {
  const { page, problems } = await reader.open(WIDE);
  await atFigure(page);
  const figure = figureOf(page);
  await figure.getByText('not running; it starts when it is first used').waitFor();
  await typeLine(page, 'mkdir b; cp /bin/busybox b; printf "FROM scratch\\nCOPY busybox /\\n" > b/Dockerfile');
  await typeLine(page, 'docker build -q -t box b; docker run -d --name web box /busybox sleep 1000');
  const box = figure.getByRole('listitem').filter({ hasText: 'container of box' });
  await box.waitFor({ timeout: 30_000 });
  await box.getByText('web', { exact: true }).waitFor();
  await expect.poll(() => box.innerText()).toMatch(/\d+\s+1\s+root\s+busybox/);
  await figure.getByText(/^running since \d\d:\d\d$/).waitFor();
  await typeLine(page, 'docker rm -f web');
  await box.waitFor({ state: 'detached' });
  expect(await shiftsOf(page)).toEqual([]);
  expect(problems).toEqual([]);
  await page.close();
});

test.each(VIEWS)('is whole and still with boxes in it: $width px, $scheme', async (view) => {
  const { page, problems } = await reader.open(view);
  const shown = { ...view, textSize: 100 };
  await atFigure(page);
  await typeLine(page, UNSHARE);
  await figureOf(page).getByRole('listitem').last().waitFor();
  await page.locator('.live [data-new]').first().waitFor({ state: 'detached' });
  expect(await lookAt(page, 'live-figure', shown, '.figure-live')).toEqual([]);
  await typeLine(page, '(for n in {1..60}; do sleep 1000 & done)');
  await figureOf(page)
    .getByText(/^and \d+ more processes$/)
    .waitFor();
  expect(await lookAt(page, 'live-figure-60', shown, '.figure-live')).toEqual([]);
  expect(problems).toEqual([]);
  await page.close();
});

test('a page that is hidden has nothing read, and shows what is when it is seen again', async () => {
  const { page } = await reader.open(WIDE);
  const said: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => void said.push(String(payload))));
  await atFigure(page);
  const words = () => said.filter((text) => text.includes('"figure"'));
  expect(words()).toEqual(['{"type":"figure","seen":true}']);
  await page.locator('#text').evaluate((text) => (text.scrollTop = 0));
  await expect.poll(words).toEqual(['{"type":"figure","seen":true}', '{"type":"figure","seen":false}']);
  await typeLine(page, 'sleep 1000 &');
  await figureOf(page).evaluate((figure) => figure.scrollIntoView({ block: 'start' }));
  await figureOf(page).getByRole('cell', { name: 'sleep' }).waitFor();
  await page.close();
});

test('when the connection is lost it says of when it is', async () => {
  const { page } = await reader.open(WIDE);
  await atFigure(page);
  await page.context().setOffline(true);
  await server.end('gateway');
  await page.getByText(/^Connection lost\. As it was at \d\d:\d\d\.$/).waitFor();
  await figureOf(page).getByText('slipway-init').waitFor();
  await server.run('gateway');
  await page.context().setOffline(false);
  await page.locator('.figure-state[data-now]').waitFor({ timeout: 30_000 });
  expect(await shiftsOf(page)).toEqual([]);
  await page.close();
});

test('without script, and on paper, the drawing is there', async () => {
  const browser = await launchBrowser();
  const { page } = await newVisitor(browser, { javaScriptEnabled: false });
  await page.goto(server.url + LESSON);
  expect(await figureOf(page).getByRole('img').isVisible()).toBe(true);
  expect(await page.locator('.figure-state').isVisible()).toBe(false);
  await browser.close();
  const { page: live } = await reader.open(WIDE);
  await atFigure(live);
  expect(await figureOf(live).getByRole('img').isVisible()).toBe(false);
  await live.emulateMedia({ media: 'print' });
  expect(await figureOf(live).getByRole('img').isVisible()).toBe(true);
  expect(await live.locator('.live').isVisible()).toBe(false);
  await live.close();
});
