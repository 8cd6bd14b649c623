/** A learner does the first lesson: fails, reads why, takes a hint, passes, goes back, comes back. */
import { beforeEach, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { LESSON, newVisitor, screenShows, terminalState, typeLine } from '../support/browser.ts';
import { atPrompt, learnerPage, type LearnerPage } from '../support/learner-page.ts';

/** The first move records the state that it leads to, by doing the solutions of all tasks before it. */
const MOVE_MS = 60_000;

/** Of a busy machine. */
const PATIENT = { timeout: 10_000 };

const at = learnerPage({ path: LESSON, arrived: atPrompt });
let server: LearnerPage['server'];
let browser: LearnerPage['browser'];
let context: LearnerPage['context'];
let page: LearnerPage['page'];
let problems: LearnerPage['problems'];
beforeEach(() => {
  ({ server, browser, context, page, problems } = at);
});

const task = (id: string): Locator => page.locator(`.task[id="${id}"]`);
const status = (id: string): Locator => task(id).locator('.task-status');
const press = (id: string, name: string | RegExp) => task(id).getByRole('button', { name }).click();

/** Waits until a task stands so; a task that is open may also be the next. */
async function stands(id: string, state: 'waiting' | 'open' | 'done'): Promise<void> {
  const states = state === 'open' ? ['open', 'next'] : [state];
  await expect.poll(async () => states.includes((await task(id).getAttribute('data-state'))!), PATIENT).toBe(true);
}

/** Brings the sandbox to the start of a task, as a learner who has been told what is lost. */
async function move(id: string, name: RegExp): Promise<void> {
  await press(id, name);
  const dialog = page.getByRole('dialog');
  expect(await dialog.innerText()).toContain('files that you made or changed');
  await dialog.getByRole('button', { name: /^(Reset it|Go there)$/ }).click();
  await dialog.waitFor({ state: 'detached', timeout: MOVE_MS });
  await terminalState(page, 'connected');
}

test('a learner fails a check and reads why, takes a hint, passes without asking, and finds it done after a reload', async () => {
  await stands('a-name', 'open');
  await typeLine(page, 'sudo unshare --uts hostname harbour');
  await press('a-name', 'Check');
  await expect.poll(() => status('a-name').innerText(), PATIENT).toMatch(/^Not yet: The host name/);
  expect(await status('a-name').innerText()).toMatch(/expected\s+harbour\s+found\s+slip/);

  await press('a-name', 'Hint 1 of 2');
  await task('a-name').getByText('only root may run it').waitFor();
  expect(await task('a-name').getByText('without unshare').isVisible()).toBe(false);

  await typeLine(page, 'sudo hostname harbour');
  await stands('a-name', 'done');
  await page.reload();
  await stands('a-name', 'done');
  expect(await status('a-name').innerText()).toMatch(/^Done at /);
  expect(problems).toEqual([]);
});

test('a learner who asks for the solution sees it, and runs it by one button', async () => {
  await stands('a-port', 'open');
  await press('a-port', 'Show the solution');
  await task('a-port').getByText('busybox httpd -p 8080 -h site').waitFor();
  await press('a-port', 'Run the solution');
  await stands('a-port', 'done');
  await stands('the-same-port', 'open');
  expect(problems).toEqual([]);
});

test('a question is answered by what the learner found out, and says what else it was', async () => {
  await stands('process-one', 'open');
  await typeLine(page, 'clear; sudo readlink /proc/1/ns/pid /proc/1/ns/uts');
  const screen = await screenShows(page, /pid:\[\d+\]\s+uts:\[\d+\]/);
  const [pid, uts] = screen.match(/\[\d+\]/g)!.map((number) => number.slice(1, -1)) as [string, string];
  const answer = task('process-one').getByRole('textbox');
  await answer.fill(pid);
  await press('process-one', 'Check');
  await expect
    .poll(() => status('process-one').innerText(), PATIENT)
    .toContain(`${pid} is the pid namespace of process 1.`);
  await answer.fill(uts);
  await answer.press('Enter');
  await stands('process-one', 'done');
  expect(problems).toEqual([]);
});

test('a quiz says why an answer is wrong, and that another was right', async () => {
  const quiz = page.locator('slipway-quiz[id="kernels"]');
  const answer = async (text: RegExp) => {
    await quiz.locator('label').filter({ hasText: text }).click();
    await quiz.getByRole('button', { name: 'Answer' }).click();
  };
  await answer(/^30$/);
  await quiz.getByText('So many would run if each of them were a virtual machine.').waitFor();
  expect(await quiz.getByText('the same in all 30 containers').count()).toBe(0);
  await answer(/^1$/);
  await quiz.getByText('the same in all 30 containers').waitFor();
  await page.reload();
  await expect.poll(() => quiz.getAttribute('data-state'), PATIENT).toBe('done');
  expect(problems).toEqual([]);
});

test(
  'a learner jumps to a task, finds what runs at its start, and resets another to find that gone',
  async () => {
    await stands('a-queue', 'open');
    await typeLine(page, 'echo mine > mine');
    await move('a-queue', /^Go to this task/);
    await screenShows(page, /\$\s*$/);
    await typeLine(page, 'clear; cat mine; curl -sS localhost:8080');
    await screenShows(page, /cat: mine: No such file[^]*A page from a container/);
    await stands('a-queue', 'open');
    await typeLine(page, 'ipcmk --queue');
    await stands('a-queue', 'done');

    await move('process-one', /^Reset this task/);
    await screenShows(page, /\$\s*$/);
    await typeLine(page, 'clear; curl -sS localhost:8080; ls');
    await screenShows(page, /Couldn't connect to server[^]*site/);
    // What was done stays done.
    await stands('a-queue', 'done');
    expect(problems).toEqual([]);
  },
  2 * MOVE_MS,
);

test('a gateway that is killed between a check that passed and the reload has lost nothing of it', async () => {
  await stands('a-queue', 'open');
  await typeLine(page, 'ipcmk --queue');
  await stands('a-queue', 'done');
  await server.end('gateway', 'SIGKILL');
  await server.run('gateway');
  await page.reload();
  await stands('a-queue', 'done');
  await terminalState(page, 'connected');
});

test('a learner who comes back continues from the course page, where they were reading, in another browser too', async () => {
  await stands('a-queue', 'open');
  await typeLine(page, 'ipcmk --queue');
  await stands('a-queue', 'done');
  const heading = (of: Page) => of.getByRole('heading', { name: /^ipc: messages/ });
  await heading(page).evaluate((element) => element.scrollIntoView({ block: 'start' }));
  const top = async (of: Page) => (await heading(of).boundingBox())!.y;
  // The place is told when the text has come to rest.
  await page.waitForTimeout(1000);
  const before = await top(page);

  await page.goto(`${server.url}/courses/containers-and-docker/`);
  await page.getByText(/^1 of \d+ done$/).waitFor();
  await page.getByRole('link', { name: /^Continue with/ }).click();
  await page.waitForURL(`**${LESSON}`);
  await stands('a-queue', 'done');
  await expect.poll(async () => Math.abs((await top(page)) - before), PATIENT).toBeLessThan(5);

  const { context: elsewhere, page: other } = await newVisitor(browser);
  await elsewhere.addCookies(await context.cookies());
  await other.goto(server.url + LESSON);
  await expect.poll(() => other.locator('.task[id="a-queue"]').getAttribute('data-state'), PATIENT).toBe('done');
  await expect.poll(async () => Math.abs((await top(other)) - before), PATIENT).toBeLessThan(30);
  await elsewhere.close();
  expect(problems).toEqual([]);
});
