import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser, newVisitor, screenShows, terminalState, typeLine } from '../support/browser.ts';
import { TestDesk } from '../support/desk.ts';
import { PATIENCE } from '../support/patience.ts';

const LESSON = 'specimen/01-parts/index.md';
const ADDRESS = '/courses/specimen/parts/';

/** Debian's packages are fetched and laid out. */
const IMAGE_MS = 240_000 * PATIENCE;

let desk: TestDesk;
let browser: Browser;

beforeAll(async () => {
  [desk, browser] = await Promise.all([TestDesk.open(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await desk[Symbol.asyncDispose]();
});

const note = (page: Page) => page.getByRole('status', { name: 'Author’s desk' });

describe('what an author saves shows in the page that is open', () => {
  let page: Page;
  let sockets: string[];
  let problems: string[];

  beforeEach(async () => {
    ({ page, problems } = await newVisitor(browser));
    sockets = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));
    await page.goto(`${desk.url}${ADDRESS}`);
    await terminalState(page, 'connected');
    return () => page.context().close();
  });

  test('new text, with the terminal, its shell and its socket as they were', async () => {
    await typeLine(page, 'kept=here');
    await page.evaluate(() => (document.querySelector('main')!.scrollTop = 200));
    const before = sockets.filter((url) => url.includes('/terminals/')).length;
    desk.save(LESSON, 'Text with', 'A second sentence. Text with');
    await page.getByText('A second sentence.').waitFor();
    await typeLine(page, 'echo "$kept and there"');
    await screenShows(page, /^here and there$/m);
    expect(sockets.filter((url) => url.includes('/terminals/'))).toHaveLength(before);
    expect(await page.evaluate(() => document.querySelector('main')!.scrollTop)).toBe(200);
    expect(problems).toEqual([]);
  });

  test('a drawing that was changed', async () => {
    desk.save('specimen/01-parts/drawing.svg', '</svg>', '<text x="1" y="9">a word more</text></svg>');
    await page.locator('svg', { hasText: 'a word more' }).waitFor();
  });

  test('a title and the course’s own words, on the course’s page too', async () => {
    desk.save('specimen/02-more/index.md', 'title: More', 'title: Much more');
    desk.save('specimen/course.yaml', 'Every part that a lesson can have, once.', 'Every part, and one.');
    await page.locator('.lesson-nav').getByText('Much more').waitFor();
    await page.goto(`${desk.url}/courses/specimen/`);
    await page.getByText('Every part, and one.').waitFor();
    await page.getByRole('link', { name: 'Much more' }).waitFor();
  });

  test('a lesson’s folder that was made', async () => {
    mkdirSync(join(desk.lessons, 'specimen/04-new'));
    const text = '---\ntitle: Brand new\nsummary: It was not there.\nduration: 3\n---\n\nHere it is.\n';
    writeFileSync(join(desk.lessons, 'specimen/04-new/index.md'), text);
    desk.save('specimen/course.yaml', '03-tasks]', '03-tasks, 04-new]');
    await page.goto(`${desk.url}/courses/specimen/`);
    await page.getByRole('link', { name: 'Brand new' }).first().click();
    await page.getByText('Here it is.').waitFor();
    await terminalState(page, 'connected');
  });

  /** The page's own fetch of a page, by which it follows what is saved: `handle` decides on each from now on. */
  const onFollow = (handle: (route: Route) => Promise<void>) =>
    page.route(`${desk.url}${ADDRESS}`, (route, request) =>
      request.resourceType() === 'fetch' ? handle(route) : route.continue(),
    );

  test('the newest, where the server could not be reached meanwhile', async () => {
    const { promise: refused, resolve: refuse } = Promise.withResolvers<void>();
    await onFollow(async (route) => {
      await route.abort();
      refuse();
    });
    desk.save(LESSON, 'Text with', 'It is not seen at once. Text with');
    await refused;
    await page.unroute(`${desk.url}${ADDRESS}`);
    desk.save(LESSON, 'Text with', 'Then all is. Text with');
    await page.getByText('It is not seen at once. Then all is.').waitFor();
    expect(problems.filter((problem) => !problem.includes('net::ERR_FAILED'))).toEqual([]);
  });

  test('and never in place of another page, to which somebody went meanwhile', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: enough, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    await onFollow(async (route) => {
      ask();
      await enough;
      await route.continue();
      answer();
    });
    desk.save(LESSON, 'Text with', 'This comes late. Text with');
    await asked;
    await page.evaluate(() => document.querySelector<HTMLAnchorElement>('a[href="/courses/specimen/tasks/"]')!.click());
    await page.waitForURL('**/tasks/');
    await terminalState(page, 'connected');
    goOn();
    await answered;
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    expect(await page.getByText('This comes late.').count()).toBe(0);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Tasks');
  });

  test('the school’s name, which is built into every page', async () => {
    desk.save('school.yaml', 'Harbour School', 'Lighthouse School');
    await page.waitForFunction(() => document.title.includes('Lighthouse School'));
  });
});

test('a check that was saved is what the next check uses', async () => {
  const { page, problems } = await newVisitor(browser);
  await page.goto(`${desk.url}/courses/specimen/tasks/`);
  await terminalState(page, 'connected');
  const task = page.locator('.task[id="write"]');
  const status = () => task.locator('.task-status').innerText();
  const check = () => task.getByRole('button', { name: 'Check' }).click();
  await check();
  await expect.poll(status).toContain('greeting.txt');

  const saved = desk.slipway.prints(/tasks and checks/);
  desk.save('specimen/03-tasks/index.md', 'expect_file greeting.txt', "fail 'the cat came first'");
  await saved;
  await check();
  await expect.poll(status).toContain('the cat came first');
  expect(problems).toEqual([]);
  await page.context().close();
});

test('the address of a lesson that was removed says so, and is not loaded again and again', async () => {
  const { page } = await newVisitor(browser);
  const path = '/courses/specimen/gone/';
  const saved = (words: RegExp) => desk.slipway.prints(words);
  mkdirSync(join(desk.lessons, 'specimen/09-gone'));
  const text = '---\ntitle: Soon gone\nsummary: It goes.\nduration: 3\n---\n\nHere it is.\n';
  writeFileSync(join(desk.lessons, 'specimen/09-gone/index.md'), text);
  desk.save('specimen/course.yaml', '03-tasks', '09-gone, 03-tasks');
  await saved(/\/courses\/specimen\/gone\//);
  await page.goto(desk.url + path);
  await page.getByText('Here it is.').waitFor();
  desk.save('specimen/09-gone/index.md', 'Here it is.', 'Here it is still.');
  await page.getByText('Here it is still.').waitFor();
  rmSync(join(desk.lessons, 'specimen/09-gone'), { recursive: true });
  desk.save('specimen/course.yaml', '09-gone, 03-tasks', '03-tasks');
  await expect.poll(async () => (await fetch(desk.url + path)).status).toBe(404);

  await page.goto(desk.url + path);
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  let loads = 0;
  page.on('framenavigated', () => (loads += 1));
  desk.save(LESSON, 'Text with', 'One more. Text with');
  await expect.poll(async () => (await fetch(desk.url + ADDRESS)).text()).toContain('One more.');
  desk.save(LESSON, 'One more.', 'Two more.');
  await expect.poll(async () => (await fetch(desk.url + ADDRESS)).text()).toContain('Two more.');
  expect(loads).toBe(0);
  await page.context().close();
});

describe('a mistake', () => {
  test('is told in the page and on the terminal, leaves the page as it was, and goes when it is mended', async () => {
    const { page } = await newVisitor(browser);
    await page.goto(`${desk.url}${ADDRESS}`);
    const title = await page.title();
    desk.save(LESSON, 'duration: 5', 'duratoin: 5');
    await note(page).getByText('unknown key "duratoin"').waitFor();
    expect(await note(page).textContent()).toContain('lessons/specimen/01-parts/index.md:4');
    expect(await note(page).textContent()).toContain('Write "duration" in place of "duratoin".');
    await desk.slipway.prints(/index\.md:4:1: unknown key "duratoin"\n\s+expected: .*\n\s+mend: /);
    await page.reload();
    expect(await page.title()).toBe(title);
    await note(page).getByText('unknown key "duratoin"').waitFor();

    desk.save(LESSON, 'duratoin: 5', 'duration: 6');
    await note(page).waitFor({ state: 'hidden' });
    await page.getByText('6 minutes').waitFor();
    await desk.slipway.prints(/Mended\./);
    await page.context().close();
  });

  test('that was there before is waited for, and told', async () => {
    const mistaken = 'image: specimne';
    await using other = await TestDesk.open({
      wait: false,
      change: (lessons) => {
        const path = join(lessons, 'specimen/course.yaml');
        writeFileSync(path, readFileSync(path, 'utf8').replace('image: specimen', mistaken));
      },
    });
    await other.slipway.prints(/no course describes an image "specimne"/);
    expect(other.slipway.output).not.toContain('Slipway is ready');
    other.save('specimen/course.yaml', mistaken, 'image: specimen');
    await other.slipway.prints(/Slipway is ready/);
  });
});

test(
  'an image that was changed is built anew, and the page offers a sandbox of it',
  async () => {
    const { page } = await newVisitor(browser);
    await page.goto(`${desk.url}/courses/specimen/more/`);
    await terminalState(page, 'connected');
    await typeLine(page, 'touch old-sandbox');
    const description = 'specimen/image/image.yaml';
    desk.save(description, 'bookworm', 'bookwurm');
    await note(page).getByText('could not be built; the old one stays in use').waitFor({ timeout: IMAGE_MS });
    await desk.slipway.prints(/image\.yaml:5.*from\.debian\.suite/);

    desk.save(description, 'bookwurm', 'bookworm');
    await note(page).waitFor({ state: 'hidden' });
    mkdirSync(join(desk.lessons, 'specimen/image/files/etc'), { recursive: true });
    writeFileSync(join(desk.lessons, 'specimen/image/files/etc/new-image'), 'it is new\n');
    await note(page).getByText('is being built').waitFor();
    await note(page).getByRole('button', { name: 'Make a new sandbox' }).click({ timeout: IMAGE_MS });
    await page.getByRole('button', { name: 'Delete and make a new one' }).click();
    await note(page).waitFor({ state: 'hidden' });
    await terminalState(page, 'connected');
    await typeLine(page, 'clear; ls; cat /etc/new-image');
    expect(await screenShows(page, /^it is new$/m)).not.toContain('old-sandbox');
    await page.context().close();
  },
  3 * IMAGE_MS,
);
