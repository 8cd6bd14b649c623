import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser, newVisitor } from '../support/browser.ts';
import { faultsOf } from '../support/layout/audit.ts';
import { shiftsOf, watchShifts } from '../support/layout/shifts.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** Pages with one fault each: a look at a layout that finds nothing anywhere would hold nothing. */
const FAULTY: { fault: string; html: string; found: RegExp }[] = [
  {
    fault: 'a page wider than its window',
    html: '<div style="width: 900px">words</div>',
    found: /wider than its window/,
  },
  {
    fault: 'words cut off at the side',
    html: '<p style="width: 60px; overflow: hidden; white-space: nowrap">many words in one line</p>',
    found: /cut off at the side/,
  },
  {
    fault: 'a line cut off below',
    html: '<p style="width: 60px; height: 30px; overflow: hidden">many words in many lines</p>',
    found: /cut off above or below/,
  },
  {
    fault: 'an ellipsis in place of everything',
    html: '<p style="width: 20px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap">many words</p>',
    found: /an ellipsis leaves next to nothing/,
  },
  {
    fault: 'words that hang out of a fixed bar',
    html: '<div style="position: fixed; inset: 0 0 auto; height: 20px; width: 60px">many words in many lines</div>',
    found: /runs out of its bar or sheet/,
  },
  {
    fault: 'words beyond the edge of a fixed window',
    html: '<p style="position: fixed; left: -20px">many words</p>',
    found: /beyond the window.s side/,
  },
  {
    fault: 'a label larger than its button',
    html: '<button style="width: 30px; padding: 0; white-space: nowrap">many words</button>',
    found: /spills out of its button/,
  },
  {
    fault: 'text on text',
    html: '<p>many words</p><p style="margin-top: -28px">other words</p>',
    found: /many words.* lies over .*other words/,
  },
  {
    fault: 'a button under something else',
    html: '<button>press</button><div style="position: absolute; inset: 0; background: white"></div>',
    found: /under .*press/,
  },
  {
    fault: 'a link that a bar covers when the Tab key comes to it',
    html: `<div style="height: 2000px"></div><a href="#">press</a>
      <div style="position: fixed; inset: auto 0 0; height: 60px; background: white"></div>`,
    found: /under .*press/,
  },
  {
    fault: 'a button half outside the window',
    html: '<button style="position: fixed; left: -30px">press</button>',
    found: /partly outside the window/,
  },
  {
    fault: 'a terminal larger than its pane',
    html: `<slipway-terminal style="display: block; width: 300px; height: 100px; overflow: hidden">
      <div class="xterm"><div class="xterm-screen" style="width: 300px; height: 120px"></div></div></slipway-terminal>`,
    found: /cells run out of its pane/,
  },
];

test.each(FAULTY)('a look at a layout finds $fault', async ({ html, found }) => {
  const { context, page } = await newVisitor(browser, { viewport: { width: 400, height: 600 } });
  await page.setContent(html);
  expect((await faultsOf(page)).join('\n')).toMatch(found);
  await context.close();
});

test('a look at a layout finds nothing where text scrolls, is shortened on purpose or makes room', async () => {
  const { context, page } = await newVisitor(browser, { viewport: { width: 400, height: 600 } });
  await page.setContent(`
    <style>html { scroll-padding-top: 60px }</style>
    <header style="position: sticky; top: 0; background: white"><a href="#">press</a></header>
    <pre style="overflow: auto; width: 100px">many words in one line, to be scrolled</pre>
    <p style="overflow: hidden; text-overflow: ellipsis; white-space: nowrap; width: 200px">many words in one line</p>
    <p>many words with <a href="#">a link that goes on over the end of its line, and <b>bold</b></a></p>
    <div style="height: 2000px"></div><button>press</button>`);
  await page.evaluate(() => scrollTo(0, 300));
  expect(await faultsOf(page)).toEqual([]);
  expect(await page.evaluate(() => scrollY)).toBe(300);
  await context.close();
});

test('a text that is pushed down counts as a shift', async () => {
  const { context, page } = await newVisitor(browser);
  await watchShifts(page);
  await page.goto('data:text/html,<p>many words</p>');
  expect(await shiftsOf(page)).toEqual([]);
  await page.evaluate(() => document.body.prepend(document.createElement('h1'), 'news'));
  expect(await shiftsOf(page)).toEqual([expect.stringContaining('p.')]);
  await context.close();
});
