/** Debian's Chromium, and what tests do with a lesson's terminal in it. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

export const CHROMIUM = {
  executablePath: process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', // tests run as root
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export function launchBrowser(args: string[] = []): Promise<Browser> {
  return chromium.launch({ ...CHROMIUM, args: [...args, ...CHROMIUM.args] });
}

/** The lesson that comes with the project: the one that a learner opens first. */
export const LESSON = '/courses/containers-and-docker/introduction/';

/** A page of a new visitor's: its own cookies. Errors of the page fail the test that looks at `problems`. */
export async function newVisitor(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  return { context, page, problems: watchProblems(page) };
}

/** What the page's scripts throw and what its console calls an error, from now on. */
export function watchProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return problems;
}

/** Waits until the terminal is in a state (data-state of the element). */
export async function terminalState(page: Page, state: string, name = 'main'): Promise<void> {
  await page.locator(`slipway-terminal[name="${name}"][data-state="${state}"]`).waitFor({ timeout: 30_000 });
}

/** Waits until the terminal's text, scrollback included, matches. */
export async function screenShows(page: Page, pattern: RegExp, name = 'main', timeout = 30_000): Promise<string> {
  const handle = await page.waitForFunction(
    ([terminal, source, flags]) => {
      const element = document.querySelector(`slipway-terminal[name="${terminal}"]`) as { screenText?: string } | null;
      const text = element?.screenText ?? '';
      return new RegExp(source!, flags).test(text) ? text : undefined;
    },
    [name, pattern.source, pattern.flags],
    { timeout },
  );
  return (await handle.jsonValue()) as string;
}

/** Types a line into the terminal as a person would. */
export async function typeLine(page: Page, line: string, name = 'main'): Promise<void> {
  await page.locator(`slipway-terminal[name="${name}"] textarea`).focus();
  await page.keyboard.type(`${line}\n`);
}
