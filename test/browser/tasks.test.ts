/** A lesson with tasks, as a learner does it: on real sandboxes, by keys and buttons. */
import { beforeEach, expect, test } from 'vitest';
import type { Locator } from 'playwright-core';
import { screenShows, terminalState, typeLine } from '../support/browser.ts';
import { atPrompt, learnerPage, type LearnerPage, specimenServer } from '../support/learner-page.ts';
import { shiftsOf, watchShifts } from '../support/layout/shifts.ts';

const TASKS = '/courses/specimen/tasks/';

const at = learnerPage({
  path: TASKS,
  start: specimenServer(),
  prepare: watchShifts,
  arrived: atPrompt,
});
let server: LearnerPage['server'];
let browser: LearnerPage['browser'];
let context: LearnerPage['context'];
let page: LearnerPage['page'];
let problems: LearnerPage['problems'];
beforeEach(() => {
  ({ server, browser, context, page, problems } = at);
});

const task = (name: string | RegExp) => page.getByRole('group', { name });
const status = (of: Locator) => of.locator('.task-status');
const dots = () => page.getByRole('banner').getByRole('img', { name: /done$/ });

async function says(of: Locator, words: string | RegExp): Promise<void> {
  await status(of).getByText(words).first().waitFor();
}

test('a task turns green by the learner’s own command, and nothing on the page moves', async () => {
  const write = task(/Write a greeting/);
  await says(write, 'Next. Checked after each of your commands.');
  await says(task(/Count the fruit/), 'Comes after task 1, Write a greeting.');
  await typeLine(page, 'echo goodbye > greeting.txt');
  await says(write, /text of greeting\.txt.*expected hello, found goodbye/);
  expect(await dots().getAttribute('aria-label')).toBe('0 of 7 tasks and questions done');
  await typeLine(page, 'echo hello > greeting.txt');
  await says(write, /^Done at \d\d:\d\d\.$/);
  expect(await dots().getAttribute('aria-label')).toBe('1 of 7 tasks and questions done');
  await says(task(/Count the fruit/), 'Next. Type what you found out.');
  expect(await page.getByRole('status').filter({ hasText: 'Task 1, Write a greeting: done.' }).count()).toBe(1);
  expect(await shiftsOf(page)).toEqual([]);
  expect(problems).toEqual([]);
});

test('a learner who asks gets the whole reason, expected and found side by side', async () => {
  const write = task(/Write a greeting/);
  await write.getByRole('button', { name: 'Check' }).click();
  await says(write, /^Not yet: .*greeting\.txt/);
  await typeLine(page, 'seq 40 > greeting.txt');
  await write.getByRole('button', { name: 'Check' }).click();
  const [expected, found] = [
    write.getByRole('group', { name: 'expected' }),
    write.getByRole('group', { name: 'found' }),
  ];
  await found.waitFor();
  expect(await expected.innerText()).toBe('hello');
  expect(await found.innerText()).toMatch(/^1\n2\n3\n/);
  const [left, right] = [(await expected.boundingBox())!, (await found.boundingBox())!];
  expect([left.y, left.x < right.x, right.height < 200]).toEqual([right.y, true, true]);
});

test('an answer is typed, and checked when it is sent', async () => {
  await typeLine(page, 'echo hello > greeting.txt');
  const count = task(/Count the fruit/);
  const answer = count.getByRole('textbox', { name: /Count the fruit/ });
  await answer.fill('4');
  await answer.press('Enter');
  await says(count, /^Not yet: number of lines/);
  expect(await answer.evaluate((input) => input === document.activeElement)).toBe(true);
  await answer.fill('3');
  await answer.press('Enter');
  await says(count, /^Done at/);
  expect(await answer.evaluate((input) => input === document.activeElement)).toBe(true);
  expect(await answer.isEditable()).toBe(false);
});

test('a check that is asked for while the server is away is said to wait, and comes when it is back', async () => {
  const clear = task(/Clear the way/);
  await says(clear, /^Open/);
  await server.end('gateway', 'SIGKILL');
  await says(task(/Write a greeting/), /^The connection is lost/);
  await clear.getByRole('button', { name: 'Check' }).click();
  await says(clear, 'The server cannot be reached just now. This is checked as soon as it is back.');
  await server.run('gateway');
  await says(clear, 'Not yet: notes/old.txt is still there');
});

test('hints open a rung at a time, and are folded but known when the learner comes back', async () => {
  const write = task(/Write a greeting/);
  const [first, second] = [write.getByText('A command that prints'), write.getByText('It begins with')];
  expect([await first.isVisible(), await second.isVisible()]).toEqual([false, false]);
  await write.getByRole('button', { name: 'Hint 1 of 2' }).click();
  expect([await first.isVisible(), await second.isVisible()]).toEqual([true, false]);
  await write.getByRole('button', { name: 'Hint 2 of 2' }).click();
  expect([await first.isVisible(), await second.isVisible()]).toEqual([true, true]);
  await page.reload();
  await write.getByRole('button', { name: 'Show the hints' }).click();
  expect([await first.isVisible(), await second.isVisible()]).toEqual([true, true]);
});

test('a solution comes when it is asked for, and runs with one button', async () => {
  const write = task(/Write a greeting/);
  expect(await page.content()).not.toContain('echo hello &gt; greeting.txt');
  await write.getByRole('button', { name: 'Show the solution' }).click();
  await write.getByText('echo hello > greeting.txt', { exact: true }).waitFor();
  await write.getByText('It is noted that you looked.').waitFor();
  await write.getByRole('button', { name: 'Run the solution' }).click();
  await says(write, /^Done at/);
  await write.getByText('All of it was run.').waitFor();
});

test('a solution that cannot be fetched beforehand is asked for once, and again when it is wanted', async () => {
  const write = task(/Write a greeting/);
  await write.getByRole('button', { name: 'Show the solution' }).click();
  await write.getByText('It is noted that you looked.').waitFor();
  let asked = 0;
  await page.route('**/solution', (route) => {
    asked += 1;
    return route.abort();
  });
  await page.reload();
  await says(write, /^Next/);
  await write.getByRole('button', { name: 'Check' }).click();
  await says(write, /^Not yet/);
  await typeLine(page, 'echo goodbye > greeting.txt');
  await says(write, /found goodbye/);
  expect(asked).toBe(1);
  await page.unroute('**/solution');
  await write.getByRole('button', { name: 'Show the solution' }).click();
  await write.getByText('It is noted that you looked.').waitFor();
});

test('a solution that is wanted while it is being fetched comes by that one press', async () => {
  const write = task(/Write a greeting/);
  await write.getByRole('button', { name: 'Show the solution' }).click();
  await write.getByText('It is noted that you looked.').waitFor();
  const { promise: enough, resolve: goOn } = Promise.withResolvers<void>();
  await page.route('**/solution', async (route) => {
    await enough;
    await route.continue();
  });
  const fetching = page.waitForRequest('**/solution');
  await page.reload();
  await fetching;
  await write.getByRole('button', { name: 'Show the solution' }).click();
  goOn();
  await write.getByText('It is noted that you looked.').waitFor();
});

test('a solution that goes on runs in the terminal that it is for', async () => {
  await typeLine(page, 'echo hello > greeting.txt');
  const count = task(/Count the fruit/);
  await says(count, /^Next/);
  await count.getByRole('textbox').fill('3');
  await count.getByRole('button', { name: 'Check' }).click();
  const serve = task(/Keep something running/);
  await says(serve, /^(?:Next|Open|Not yet)/);
  await serve.getByRole('button', { name: 'Show the solution' }).click();
  await serve.getByRole('button', { name: 'Run the solution' }).click();
  await terminalState(page, 'connected', 'second');
  await screenShows(page, /sleep 4321/, 'second');
  await says(serve, /^Done at/);
});

test('a question is answered by keys, says why it is not right, and is tried again', async () => {
  const question = page.getByRole('radiogroup', { name: /What do all containers/ });
  const choice = (name: string) => question.getByRole('radio', { name });
  await choice('The kernel.').waitFor();
  await choice('The files.').focus();
  await page.keyboard.press('Space');
  await question.getByRole('button', { name: 'Answer' }).press('Enter');
  await question.getByText('Not right yet. Choose again.').waitFor();
  await question.getByText('Each has those of its image.').waitFor();
  expect(await question.innerText()).not.toContain('names it');
  await choice('The kernel.').check({ force: true });
  await question.getByRole('button', { name: 'Answer' }).click();
  await question.getByText('Right.', { exact: true }).last().waitFor();
  await question.getByText('names it').waitFor();
  await page.reload();
  await expect.poll(() => choice('The kernel.').isChecked()).toBe(true);
  expect(await shiftsOf(page)).toEqual([]);
});

test('why an answer is not right is shown also where the page hears of it sooner than the answer comes', async () => {
  const question = page.getByRole('radiogroup', { name: /What do all containers/ });
  await page.route('**/quizzes/*', async (route) => {
    const response = await route.fetch();
    await question.getByText('Not right yet. Choose again.').waitFor();
    await route.fulfill({ response });
  });
  await question.getByRole('radio', { name: 'The files.' }).check({ force: true });
  await question.getByRole('button', { name: 'Answer' }).click();
  await question.getByText('Each has those of its image.').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
});

test('an answer that was chosen and not sent stays when the page hears again how everything stands', async () => {
  const question = page.getByRole('radiogroup', { name: /What do all containers/ });
  await question.getByRole('radio', { name: 'The files.' }).check({ force: true });
  await question.getByRole('button', { name: 'Answer' }).click();
  await question.getByText('Not right yet. Choose again.').waitFor();
  const choice = question.getByRole('radio', { name: 'The kernel.' });
  await choice.check({ force: true });
  await server.end('gateway', 'SIGKILL');
  await says(task(/Write a greeting/), /^The connection is lost/);
  await server.run('gateway');
  await says(task(/Write a greeting/), /^Next/);
  expect(await choice.isChecked()).toBe(true);
  await question.getByText('Choose one.').waitFor();
  await question.getByRole('button', { name: 'Answer' }).click();
  await question.getByText('Right.', { exact: true }).last().waitFor();
});

test('of several right answers all are wanted, and their order is the learner’s own', async () => {
  const question = page.getByRole('group', { name: /Which of these keep things apart/ });
  const order = () => question.locator('li').allInnerTexts();
  await question.getByRole('checkbox', { name: /pid/ }).check({ force: true });
  const before = await order();
  await question.getByRole('button', { name: 'Answer' }).click();
  await question.getByText('What you chose is right, but it is not all.').waitFor();
  await question.getByRole('checkbox', { name: /net/ }).check({ force: true });
  await question.getByRole('button', { name: 'Answer' }).click();
  await question.getByText('Right.', { exact: true }).last().waitFor();
  await page.reload();
  await question.getByRole('checkbox').first().waitFor();
  expect((await order()).map((text) => text.split('\n')[0])).toEqual(before.map((text) => text.split('\n')[0]));
});

test('a reset asks first, then brings files back as they were at the task’s start', async () => {
  await typeLine(page, 'rm -r notes; ls');
  await says(task(/Clear the way/), /^Done at/);
  const write = task(/Write a greeting/);
  await write.getByRole('button', { name: 'Reset this task…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('files that you made or changed').waitFor();
  expect(await dialog.getByRole('link', { name: /Download my files/ }).getAttribute('href')).toMatch(/home\.tar$/);
  await dialog.getByRole('button', { name: 'Reset it' }).click();
  await dialog.waitFor({ state: 'detached' });
  await says(write, /The sandbox is at the start of this task\. It took/);
  await terminalState(page, 'connected');
  await typeLine(page, 'ls notes');
  await screenShows(page, /old\.txt/);
  await says(task(/Clear the way/), /^Done at/);
});

test('a task that is done soon after its reset says so at once', async () => {
  const write = task(/Write a greeting/);
  await write.getByRole('button', { name: 'Reset this task…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reset it' }).click();
  await says(write, /The sandbox is at the start of this task\. It took [\d.]+ s\.$/);
  await terminalState(page, 'connected');
  await typeLine(page, 'echo hello > greeting.txt');
  await page.locator('slipway-task[data-state="done"]').filter({ hasText: 'Write a greeting' }).waitFor();
  expect(await status(write).innerText()).toMatch(/^Done at/);
});

test('a reset that fails says so, and the keyboard stays in the dialog', async () => {
  await task(/Write a greeting/)
    .getByRole('button', { name: 'Reset this task…' })
    .click();
  const dialog = page.getByRole('dialog');
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  const { promise: enough, resolve: goOn } = Promise.withResolvers<void>();
  await page.route('**/move', async (route) => {
    await enough;
    await route.abort();
  });
  await dialog.getByRole('button', { name: 'Reset it' }).press('Enter');
  await dialog.getByText('Stopping the programs.').waitFor();
  expect(await focused()).toBe('Reset task 1?');
  goOn();
  await dialog.getByText('Your sandbox is as it was.').waitFor();
  expect(await focused()).toBe('Reset it');
});

test('a jump leads to the state after the solutions of the tasks before', async () => {
  const serve = task(/Keep something running/);
  await serve.getByRole('button', { name: 'Go to this task…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Go there' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached', timeout: 50_000 });
  await terminalState(page, 'connected');
  await typeLine(page, 'cat greeting.txt serve.txt');
  await screenShows(page, /hello\s+for the one who serves/);
});

test('what was shown as done is there after the server was killed, and “continue” leads to the place', async () => {
  const write = task(/Write a greeting/);
  await typeLine(page, 'echo hello > greeting.txt');
  await says(write, /^Done at/);
  await server.end('gateway', 'SIGKILL');
  await says(task(/Clear the way/), /^Open/);
  await server.run('gateway');
  await page.reload();
  await says(write, /^Done at/);
  await page.getByRole('main').evaluate((text) => text.scrollTo(0, 700));
  await page.waitForTimeout(600);

  await page.goto(`${server.url}/courses/specimen/`);
  await page.getByText('1 of 7 done').waitFor();
  await page.getByRole('link', { name: 'Continue with “Tasks”' }).click();
  await page.waitForURL(`**${TASKS}`);
  await expect.poll(() => page.getByRole('main').evaluate((text) => text.scrollTop)).toBe(700);
  expect(await shiftsOf(page)).toEqual([]);
});

test('another browser of the same learner continues where they were reading', async () => {
  await page.getByRole('main').evaluate((text) => text.scrollTo(0, 900));
  await page.waitForTimeout(600);
  const before = await page.getByRole('heading', { name: 'Processes' }).boundingBox();
  const other = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await other.addCookies(await context.cookies());
  await page.close();
  const elsewhere = await other.newPage();
  await elsewhere.goto(server.url + TASKS);
  const heading = elsewhere.getByRole('heading', { name: 'Processes' });
  await expect.poll(async () => (await heading.boundingBox())!.y).toBe(before!.y);
  await other.close();
});

test('everything about a learner goes when they say so', async () => {
  await typeLine(page, 'echo hello > greeting.txt');
  await says(task(/Write a greeting/), /^Done at/);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('menuitem', { name: /Delete everything about me/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It cannot be taken back.').waitFor();
  await dialog.getByRole('button', { name: 'Delete everything' }).click();
  await page.waitForURL(`${server.url}/`);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('slipway')))).toEqual([]);
  await page.goto(server.url + TASKS);
  await says(task(/Write a greeting/), /^Next/);
});
