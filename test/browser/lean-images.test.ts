/** A learner works through the lesson about lean images, with a real engine, from its first line to its last. */
import { beforeEach, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { screenShows, typeLine } from '../support/browser.ts';
import { atPrompt, learnerPage } from '../support/learner-page.ts';
import { LONG } from '../support/counts.ts';
import { PATIENCE } from '../support/patience.ts';
import { TestServer } from '../support/server.ts';

/** An image with a compiler is fetched, and the compiler runs. */
const COMMAND_MS = 120_000 * PATIENCE;
const LESSON_MS = 4 * COMMAND_MS;

/** What there is to do in the text, in its order; a solution that was asked for is part of its task. */
const PARTS = '.task, slipway-quiz, slipway-code:not(.task *):has([data-action="run"])';

const at = learnerPage({
  path: '/courses/containers-and-docker/lean-images/',
  start: () => TestServer.startWithRegistry(),
  arrived: atPrompt,
});
let page: Page;
beforeEach(() => {
  ({ page } = at);
});

const status = (task: Locator) => task.locator('.task-status');
const stands = (part: Locator, state: string, timeout = COMMAND_MS) =>
  expect.poll(() => part.getAttribute('data-state'), { timeout }).toBe(state);

async function press(part: Locator, name: string | RegExp): Promise<void> {
  await part.getByRole('button', { name }).click();
}

/** Presses Run, and waits until the command has ended as the text says. */
async function run(block: Locator): Promise<void> {
  const button = block.locator('[data-action="run"]');
  await button.click();
  await expect.poll(() => button.getAttribute('data-state'), { timeout: COMMAND_MS }).toMatch(/^(?:ended|failed)$/);
  expect(await button.innerText(), await block.innerText()).toBe('Done');
}

let lines = 0;

/** Types lines by hand, each when the one before has ended. */
async function type(...commands: string[]): Promise<void> {
  for (const command of commands) {
    const done = `done-${++lines}`;
    // What is typed does not hold the word that is waited for.
    await typeLine(page, `clear; ${command}; echo "done-$((${lines}))"`);
    await screenShows(page, new RegExp(`${done}\\s[^]*\\$\\s*$`), 'main', COMMAND_MS);
  }
}

async function runSolution(task: Locator): Promise<void> {
  await press(task, 'Show the solution');
  await press(task, 'Run the solution');
}

async function answer(quiz: Locator, ...texts: string[]): Promise<void> {
  for (const text of texts) await quiz.locator('label', { has: page.getByText(text, { exact: true }) }).click();
  await press(quiz, 'Answer');
}

/** What the learner does where there is something to do; afterwards it must be done. */
const LEARNER: Record<string, (part: Locator) => Promise<void>> = {
  async 'from-scratch'(task) {
    await type('cd ~/multi-git && go build -o ~/lean/multi-git . && cd');
    await type(
      `printf 'FROM scratch\\nCOPY multi-git /multi-git\\n' > lean/Dockerfile`,
      'docker build -t mg:scratch lean',
    );
    await press(task, 'Check');
    await expect
      .poll(() => status(task).innerText(), { timeout: COMMAND_MS })
      .toContain('Compile it with CGO_ENABLED=0');
    await press(task, 'Hint 1 of 3');
    await task.getByText('Behind -o it takes the path').waitFor();
    await type(
      'cd ~/multi-git && CGO_ENABLED=0 go build -o ~/lean/multi-git . && cd',
      'docker build -t mg:scratch lean',
    );
  },
  async 'a-layer-stays'(quiz) {
    await answer(quiz, 'They are no longer in the image.');
    await quiz.getByText('the layer that it came with is still there below').waitFor();
    await answer(quiz, 'They are still in the image, and whoever has the image can get at them.');
  },
  async 'like-a-program'(task) {
    await type(
      `echo 'ENTRYPOINT ["/multi-git"]' >> lean/Dockerfile`,
      `echo 'CMD ["status", "--short"]' >> lean/Dockerfile`,
    );
    await type('docker build -t mg:scratch lean');
    await stands(task, 'done');
  },
  async 'which-command'(quiz) {
    await answer(quiz, '/multi-git log -1 --oneline');
  },
  async 'not-found'(task) {
    await type('docker run --rm -v "$HOME/fleet:/repos:ro" -e MG_ROOT=/repos -e MG_REPOS=api,web,docs mg:scratch');
    await screenShows(page, /exec: "git": executable file not found/);
    await task.getByRole('textbox').fill('git');
    await press(task, 'Check');
  },
  async 'a-lean-base'(task) {
    await type('sed s/scratch/busybox/ lean/Dockerfile > lean/my.Dockerfile');
    await type('docker build -t mg:lean -f lean/my.Dockerfile lean');
    await press(task, 'Check');
    await expect.poll(() => status(task).innerText(), { timeout: COMMAND_MS }).toContain('holds no git');
    await type('sed -i s/busybox/git/ lean/my.Dockerfile', 'docker build -t mg:lean -f lean/my.Dockerfile lean');
  },
  'your-own-files': runSolution,
  'what-is-missing': runSolution,
  async 'kept-out'() {
    await type(`printf '.env\\n*.log\\nDockerfile\\n' > multi-git/.dockerignore`);
  },
  'two-stages': runSolution,
  async 'what-is-in-mg'(quiz) {
    await answer(quiz, 'The executable.', 'Git.');
  },
};

// `lesson test` runs the same commands and solutions on each change; a learner's whole way through takes two minutes.
test.skipIf(!LONG)(
  `every command ends as the text says, and every task and question ends done${LONG ? '' : ': only in npm run test:long'}`,
  async () => {
    const parts = page.locator(PARTS);
    const count = await parts.count();
    expect(count).toBeGreaterThan(25);
    for (let index = 0; index < count; index++) {
      const part = parts.nth(index);
      const id = await part.getAttribute('id');
      if (!id) {
        await run(part);
        continue;
      }
      await LEARNER[id]!(part);
      await stands(part, 'done');
    }
    const { length } = Object.keys(LEARNER);
    const dots = page.getByRole('banner').getByRole('img', { name: /done$/ });
    expect(await dots.getAttribute('aria-label')).toBe(`${length} of ${length} tasks and questions done`);
    expect(at.problems).toEqual([]);
  },
  LESSON_MS,
);
