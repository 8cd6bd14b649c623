/** A learner's page, for files of browser tests: a server and a browser for the file, a new visitor for each test. */
import { rmSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchBrowser, newVisitor, screenShows, terminalState } from './browser.ts';
import { TestServer } from './server.ts';
import { buildSite, FIXTURE_LESSONS, siteFolder, sitePaths } from './site.ts';

/** What a test has; of a page and what belongs to it, each test gets its own. */
export interface LearnerPage {
  server: TestServer;
  browser: Browser;
  context: BrowserContext;
  page: Page;
  /** What the page's scripts threw and its console called an error. */
  problems: string[];
}

export interface LearnerPageOptions {
  /** The page's path. */
  path: string;
  start?: () => Promise<TestServer>;
  /** Before the page is opened. */
  prepare?: (page: Page) => Promise<void>;
  /** Resolves when the page is where each test begins. */
  arrived?: (page: Page) => Promise<unknown>;
}

/** Call it at the top of a file, before its own hooks; the fields hold from the first of them on. */
export function learnerPage({ path, start = () => TestServer.start(), prepare, arrived }: LearnerPageOptions) {
  const at = {} as LearnerPage;
  beforeAll(async () => {
    at.server = await start();
    at.browser = await launchBrowser();
  });
  afterAll(async () => {
    await at.browser?.close();
    await at.server?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    Object.assign(at, await newVisitor(at.browser));
    await prepare?.(at.page);
    await at.page.goto(at.server.url + path);
    await arrived?.(at.page);
  });
  afterEach(() => at.context?.close());
  return at;
}

/** The terminal `main` is connected and shows its prompt. */
export async function atPrompt(page: Page): Promise<void> {
  await terminalState(page, 'connected');
  await screenShows(page, /\$\s*$/);
}

/** A server of the fixture courses. Call it at the top of a file; the site is removed with the file's tests. */
export function specimenServer(): () => Promise<TestServer> {
  const folder = siteFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return async () => {
    const { status, output } = await buildSite(FIXTURE_LESSONS, folder);
    expect([status, output]).toEqual([0, output]);
    return TestServer.start({ paths: sitePaths(folder) });
  };
}
