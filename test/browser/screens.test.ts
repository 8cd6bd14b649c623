import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { LESSON, screenShows } from '../support/browser.ts';
import { Reader } from '../support/reader.ts';
import { LESSON_VIEWS, lookAt, PAGE_VIEWS, TEXT_SIZES } from '../support/screens.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
/** No sandbox may run on it. */
let full: TestServer;
/** And nobody may wait. */
let refusing: TestServer;
const readers = new Map<number, Reader>();

beforeAll(async () => {
  server = await TestServer.start({ maxSandboxes: 60 });
  full = await TestServer.start({ maxSandboxes: 0 });
  refusing = await TestServer.start({ maxSandboxes: 0, queueLength: 0 });
  for (const textSize of TEXT_SIZES) readers.set(textSize, await Reader.start(textSize));
});
afterAll(async () => {
  for (const reader of readers.values()) await reader[Symbol.asyncDispose]();
  await refusing?.[Symbol.asyncDispose]();
  await full?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Waits until a state's words are on the terminal; where it has none to say, until they are gone. */
async function says(page: Page, state: string): Promise<void> {
  const words: Record<string, string> = { starting: '.status-line:not([hidden])', connected: '.status-panel[hidden]' };
  const selector = `slipway-terminal[data-state="${state}"] > ${words[state] ?? '.status-panel:not([hidden])'}`;
  await page.locator(selector).first().waitFor({ state: 'attached', timeout: 30_000 });
}

/** What changes with a terminal's state. */
const TERMINALS = 'slipway-terminals';

const PAGES = [
  { screen: 'catalogue', path: '/' },
  { screen: 'course', path: '/courses/containers-and-docker/' },
  { screen: 'join', path: '/join/' },
];

test.each(TEXT_SIZES)('letters of %i percent are the browser’s own', async (textSize) => {
  const { page } = await readers.get(textSize)!.open(PAGE_VIEWS[0]!);
  await page.goto(server.url);
  const fontSize = await page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
  expect(fontSize).toBe(`${(16 * textSize) / 100}px`);
  await page.close();
});

describe.each(PAGES)('$screen', ({ screen, path }) => {
  test.each(PAGE_VIEWS)('is whole and still: $width px, $scheme, letters of $textSize %', async (view) => {
    const { page, problems } = await readers.get(view.textSize)!.open(view);
    await page.goto(server.url + path);
    expect(await lookAt(page, screen, view)).toEqual([]);
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe('a lesson', () => {
  test.each(LESSON_VIEWS)(
    'is whole and still from start to loss: $width px, $scheme, letters of $textSize %, sheet $sheet',
    async (view) => {
      const { page, problems } = await readers.get(view.textSize)!.open(view);
      const found: Record<string, string[]> = {};
      const look = async (state: string, part?: string) => {
        await says(page, state);
        found[state] = await lookAt(page, `lesson-${state}`, view, part);
      };
      process.kill(server.pid('supervisor'), 'SIGSTOP');
      try {
        await page.goto(server.url + LESSON);
        await look('starting');
      } finally {
        process.kill(server.pid('supervisor'), 'SIGCONT');
      }
      await screenShows(page, /\$\s*$/);
      await look('connected', TERMINALS);
      expect(problems).toEqual([]);

      await server.end('gateway', 'SIGKILL');
      try {
        await look('reconnecting', TERMINALS);
      } finally {
        await server.run('gateway');
      }
      expect(found).toEqual({ starting: [], connected: [], reconnecting: [] });
      await page.close();
    },
  );

  test.each(LESSON_VIEWS)(
    'is whole and still where a terminal waits: $width px, $scheme, letters of $textSize %, sheet $sheet',
    async (view) => {
      const { page, problems } = await readers.get(view.textSize)!.open(view);
      await page.goto(full.url + LESSON);
      await says(page, 'queued');
      expect(await lookAt(page, 'lesson-queued', view, TERMINALS)).toEqual([]);
      expect(problems).toEqual([]);
      await page.close();
    },
  );

  test.each(LESSON_VIEWS)(
    'is whole and still where a terminal is refused: $width px, $scheme, letters of $textSize %, sheet $sheet',
    async (view) => {
      const { page, problems } = await readers.get(view.textSize)!.open(view);
      await page.goto(refusing.url + LESSON);
      await says(page, 'refused');
      expect(await lookAt(page, 'lesson-refused', view, TERMINALS)).toEqual([]);
      expect(problems).toEqual([]);
      await page.close();
    },
  );
});
