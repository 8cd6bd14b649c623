import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, LESSON, newVisitor, screenShows, terminalState, typeLine } from '../support/browser.ts';
import { freePort } from '../support/gateway.ts';
import { TestServer } from '../support/server.ts';

/** A class's own network: a name that is not loopback, and no certificate. */
let server: TestServer;
let browser: Browser;
let page: Page;
let origin: string;

beforeAll(async () => {
  const port = await freePort();
  origin = `http://class.test:${port}`;
  server = await TestServer.start({ port, urls: [origin] });
  browser = await launchBrowser(['--host-resolver-rules=MAP class.test 127.0.0.1']);
  ({ page } = await newVisitor(browser));
  await page.goto(origin + LESSON);
  await terminalState(page, 'connected');
  await screenShows(page, /\$\s*$/);
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

/** Puts text on the clipboard as a person does: from a field of the page. */
async function copyByHand(text: string): Promise<void> {
  await page.evaluate((value) => {
    const area = document.createElement('textarea');
    area.id = 'by-hand';
    area.value = value;
    document.body.append(area);
    area.focus();
    area.select();
  }, text);
  await page.keyboard.press('Control+c');
  await page.evaluate(() => document.getElementById('by-hand')!.remove());
}

async function focusTerminal(): Promise<void> {
  await page.locator('slipway-terminal[name="main"] textarea').first().focus();
}

test('the browser withholds the clipboard here', async () => {
  expect(await page.evaluate(() => [isSecureContext, 'clipboard' in navigator])).toEqual([false, false]);
});

test.each(['Control+v', 'Control+Shift+v', 'Shift+Insert'])('%s pastes', async (keys) => {
  const word = `pasted-${keys.replaceAll('+', '-')}`;
  await copyByHand(`echo ${word}`);
  await focusTerminal();
  await page.keyboard.press(keys);
  await screenShows(page, new RegExp(`echo ${word}`));
  await page.keyboard.press('Enter');
  await screenShows(page, new RegExp(`^${word}$`, 'm'));
});

test('what is selected in the terminal is copied', async () => {
  await typeLine(page, 'clear; echo copy-this-word');
  await screenShows(page, /^copy-this-word$/m);
  const row = page.locator('slipway-terminal[name="main"] .xterm-screen');
  const box = (await row.boundingBox())!;
  await page.mouse.dblclick(box.x + 30, box.y + 8);
  await focusTerminal();
  await page.keyboard.press('Control+Shift+c');
  await page.keyboard.type('echo ');
  await page.keyboard.press('Control+v');
  await screenShows(page, /echo copy-this-word[^]*echo copy-this-word|\$ echo copy-this-word$/m);
  await page.keyboard.press('Control+c');
});

test('a copy button copies', async () => {
  await page.locator('.prose').getByRole('button', { name: /^Copy/ }).first().click();
  await page.locator('.prose').getByText('Copied').first().waitFor({ timeout: 5000 });
  await focusTerminal();
  await page.keyboard.press('Control+v');
  await screenShows(page, /id -un\s+hostname\s*$/);
  await page.keyboard.press('Control+c');
});

test('a paste cannot end its own brackets and run what follows', async () => {
  await copyByHand('echo harmless\u001b[201~\ntouch /tmp/hijacked\n');
  await focusTerminal();
  await page.keyboard.press('Control+v');
  await screenShows(page, /harmless/);
  await page.keyboard.press('Control+c');
  // What is typed before bash is at its prompt again may be thrown away with the line.
  await screenShows(page, /\$\s*$/);
  await typeLine(page, 'ls /tmp/hijacked; echo looked-$((1 + 1))');
  expect(await screenShows(page, /looked-2/)).toContain('No such file');
});

test('several lines for a shell without bracketed paste are asked about first', async () => {
  await typeLine(page, 'bind "set enable-bracketed-paste off"');
  await typeLine(page, 'echo re""ady');
  await screenShows(page, /^ready$/m);
  await copyByHand('echo first-line\necho second-line\n');
  await focusTerminal();
  await page.keyboard.press('Control+v');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  expect(await dialog.innerText()).toContain('second-line');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await typeLine(page, 'echo still-$((5 + 5))');
  expect(await screenShows(page, /still-10/)).not.toMatch(/^first-line$/m);
});
