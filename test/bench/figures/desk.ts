/** The author's desk: from a lesson that is saved to its new text in a page that is open. */
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser, newVisitor, terminalState } from '../../support/browser.ts';
import { TestDesk } from '../../support/desk.ts';
import { layLessons } from '../../support/generated-lessons.ts';
import type { Bench } from '../bench.ts';
import { figure } from '../figure.ts';

const LESSONS = 100;
const LESSON = 'course-1/07-part-7/index.md';
const ADDRESS = '/courses/course-1/part-7/';

/** Between two saves: the other lessons' pages are made meanwhile. */
const PAUSE_MS = 1_000;

export const desk: Bench = {
  name: 'desk',
  async run({ count, progress, signal }) {
    progress('desk: start');
    await using author = await TestDesk.open({ change: layGenerated });
    await using stack = new AsyncDisposableStack();
    const browser = await launchBrowser();
    stack.defer(() => browser.close());
    const { page } = await newVisitor(browser);
    let sockets = 0;
    page.on('websocket', (socket) => (sockets += socket.url().includes('/terminals/') ? 1 : 0));
    await page.goto(`${author.url}${ADDRESS}`);
    await terminalState(page, 'connected');
    const before = sockets;
    const times: number[] = [];
    const rounds = count(100);
    for (let round = 1; round <= rounds; round++) {
      signal.throwIfAborted();
      progress(`desk: ${round} of ${rounds}`);
      await page.waitForTimeout(PAUSE_MS);
      times.push(await saveOnce(page, join(author.lessons, LESSON), `Saved for the ${round}th time.`));
    }
    if (sockets !== before) throw new Error('a terminal was connected anew');
    const target = { limit: 300, text: '< 300 ms', of: 'p95' } as const;
    return {
      name: 'desk',
      title: 'At the author’s desk',
      figures: [
        figure('desk-save', `a lesson saved, until its page shows it; ${LESSONS} lessons`, 'ms', times, { target }),
      ],
      notes: [
        'From the write to the file to the new text in the page that Chromium shows, on the same machine. The page keeps its terminal, and its socket.',
      ],
    };
  },
};

/** Generated courses on the fixture’s image: none has to be built. */
function layGenerated(lessons: string): void {
  layLessons(lessons, LESSONS);
  for (const course of readdirSync(lessons).filter((name) => name.startsWith('course-'))) {
    rmSync(join(lessons, course, 'image'), { recursive: true });
    const file = join(lessons, course, 'course.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^image: .*$/m, 'image: specimen'));
  }
}

async function saveOnce(page: Page, file: string, text: string): Promise<number> {
  const shown = page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = () => {
          if (document.querySelector('main')?.textContent.includes(wanted)) resolve(Date.now());
          else setTimeout(look, 1);
        };
        look();
      }),
    text,
  );
  // The page looks before the file is written.
  await page.evaluate(() => undefined);
  const saved = Date.now();
  appendFileSync(file, `\n${text}\n`);
  return (await shown) - saved;
}
