/** Weight: what a lesson's page brings through the line, as Chromium counts it, until its first prompt. */
import type { Browser } from 'playwright-core';
import { launchBrowser, LESSON, newVisitor, screenShows } from '../../support/browser.ts';
import { TransferLog } from '../../support/transfers.ts';
import type { Bench } from '../bench.ts';
import { figure } from '../figure.ts';
import { BenchServer } from '../host/server.ts';

/** As `test/browser/page-weight.test.ts` holds it. */
const SCRIPT_BUDGET_KB = 150;

/** Kilobytes of each kind that a new visitor's browser gets. */
interface Weight {
  total: number;
  text: number;
  scripts: number;
  styles: number;
  fonts: number;
}

export const pageWeight: Bench = {
  name: 'page-weight',
  async run({ count, progress, signal }) {
    await using server = await BenchServer.start();
    const browser = await launchBrowser();
    const weights: Weight[] = [];
    try {
      const rounds = count(10);
      for (let round = 1; round <= rounds; round++) {
        signal.throwIfAborted();
        progress(`page-weight: ${round} of ${rounds}`);
        weights.push(await weigh(browser, server.url + LESSON));
      }
    } finally {
      await browser.close();
    }
    const kilobytes = (name: string, what: string, of: keyof Weight) =>
      figure(
        `page-weight-${name}`,
        what,
        'kB',
        weights.map((weight) => weight[of]),
      );
    const target = { limit: SCRIPT_BUDGET_KB, text: `≤ ${SCRIPT_BUDGET_KB} kB` };
    return {
      name: 'page-weight',
      title: 'Weight of a lesson’s page until its first prompt',
      figures: [
        kilobytes('total', 'all of it', 'total'),
        kilobytes('text', 'the text', 'text'),
        figure(
          'page-weight-scripts',
          'scripts',
          'kB',
          weights.map(({ scripts }) => scripts),
          { target },
        ),
        kilobytes('styles', 'style sheets', 'styles'),
        kilobytes('fonts', 'fonts', 'fonts'),
      ],
      notes: [`${LESSON}, a new visitor, Brotli on loopback; what comes after the first output is left out.`],
    };
  },
};

async function weigh(browser: Browser, url: string): Promise<Weight> {
  const { context, page } = await newVisitor(browser);
  try {
    const transfers = await TransferLog.of(page);
    await page.goto(url);
    await screenShows(page, /\$\s*$/);
    const of = (...types: string[]) =>
      types
        .flatMap((type) => transfers.of(type))
        .filter(({ afterOutput }) => !afterOutput)
        .reduce((sum, { bytes = 0 }) => sum + bytes / 1000, 0);
    const parts = { text: of('Document'), scripts: of('Script'), styles: of('Stylesheet'), fonts: of('Font') };
    return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, of('Image', 'Fetch', 'Other')) };
  } finally {
    await context.close();
  }
}
