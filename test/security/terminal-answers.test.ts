import { beforeEach, expect, test } from 'vitest';
import { LESSON, screenShows, terminalState, typeLine } from '../support/browser.ts';
import { atPrompt, learnerPage, type LearnerPage } from '../support/learner-page.ts';

// A page as learners have it. What a program prints asks a terminal for things; what the terminal then types lands in
// whatever reads it. Which bytes are typed in a replay, test/unit/terminal tries with any output.

const at = learnerPage({ path: LESSON, arrived: atPrompt });
let server: LearnerPage['server'];
let context: LearnerPage['context'];
let page: LearnerPage['page'];
beforeEach(() => {
  ({ server, context, page } = at);
});

/** Questions to a terminal, as printf has them: what it is, where its cursor is, modes, settings, colours, title, clipboard. */
const QUESTIONS = [
  '\\033[c',
  '\\033[>c',
  '\\033[5n',
  '\\033[6n',
  '\\033[?25$p',
  '\\033P$qm\\033\\134',
  '\\033P+q544e\\033\\134',
  '\\033]4;1;?\\007',
  '\\033]10;?\\007',
  '\\033]11;?\\033\\134',
  '\\033]12;?\\007',
  '\\033]0;echo title-was-typed\\007\\033[21t\\033[20t',
  '\\033]52;c;?\\007',
  '\\033]52;p;?\\033\\134',
].join('');

/** Keeps in a file what is typed, until nothing was for so long (tenths of a second), and tells how much it was. */
const keep = (file: string, quiet: number, first = '') =>
  `stty raw -echo min 0 time ${quiet}; ${first} cat >~/${file}; stty sane; echo "${file}: "$(wc -c <~/${file})" bytes"`;

test('questions that were printed before are not answered again when the page comes back', async () => {
  await typeLine(page, keep('live', 5, `printf '${QUESTIONS}';`));
  const live = await screenShows(page, /^live: (\d+) bytes$/m);
  // Live, programs are answered: where the cursor is, and which colour the background is.
  expect(Number(/^live: (\d+)/m.exec(live)![1])).toBeGreaterThan(20);
  await typeLine(page, "cat -v ~/live; echo; grep -c 'title-was-typed' ~/live; echo shown-$((1))");
  const shown = await screenShows(page, /shown-1/);
  expect(shown).toMatch(/\^\[\[\d+;\d+R/);
  expect(shown).toMatch(/\^\[\]11;rgb:/);
  // Neither clipboard nor title: a program could have a secret typed, or a command.
  expect(shown).not.toMatch(/\^\[\]52|\^\[\]l/);
  expect(shown).toMatch(/^0$/m);

  await typeLine(page, keep('again', 40));
  await page.reload();
  await terminalState(page, 'connected');
  await screenShows(page, /^again: 0 bytes$/m);
});

test('a program can neither read the clipboard nor fill it', async () => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  await page.evaluate(() => navigator.clipboard.writeText('of-the-learner'));
  await typeLine(
    page,
    `printf '\\033]52;c;%s\\007' $(printf 'echo evil' | base64); ${keep('asked', 5, "printf '\\033]52;c;?\\007';")}`,
  );
  await screenShows(page, /^asked: 0 bytes$/m);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('of-the-learner');
});

test('of links that a program prints, those to web pages open, in a tab that cannot reach back, and no others', async () => {
  const links = ['javascript:window.hijacked=1', 'file:///etc/passwd', 'data:text/html,x', `${server.url}/?web-page`];
  await typeLine(page, 'stty size; echo');
  const columns = Number(/^\d+ (\d+)$/m.exec(await screenShows(page, /^\d+ \d+$/m))![1]);
  const printed = links.map((link, n) => `\\033]8;;${link}\\033\\134link-number-${n}\\033]8;;\\033\\134  `).join('');
  await typeLine(page, `clear; printf '${printed}\\n'`);
  await screenShows(page, /^link-number-0 {2}link-number-1/m);
  const box = (await page.locator('slipway-terminal[name="main"] .xterm-screen').boundingBox())!;
  const cell = box.width / columns;
  // What Chromium would refuse to open by itself counts too: another browser may open it.
  await page.evaluate(() => {
    const { open } = window;
    const asked: string[] = [];
    window.open = (url, ...rest) => {
      asked.push(String(url));
      return open.call(window, url, ...rest);
    };
    Object.assign(window, { asked });
  });
  for (const n of links.keys()) {
    const x = box.x + (n * 'link-number-0  '.length + 5) * cell;
    await page.mouse.move(x, box.y + 8);
    // A link is one once the pointer has rested on it.
    await page.waitForTimeout(200);
    const opened = context.waitForEvent('page', { timeout: n < links.length - 1 ? 500 : 5000 }).catch(() => undefined);
    await page.mouse.click(x, box.y + 8);
    const tab = await opened;
    if (n < links.length - 1) {
      expect([links[n], tab?.url()]).toEqual([links[n], undefined]);
      continue;
    }
    await tab!.waitForLoadState();
    expect(tab!.url()).toBe(links[n]);
    expect(await tab!.evaluate(() => window.opener as unknown)).toBeNull();
  }
  expect(await page.evaluate(() => (window as unknown as { asked: string[] }).asked)).toEqual([links.at(-1)]);
  expect(await page.evaluate(() => 'hijacked' in window)).toBe(false);
  expect(page.url()).toBe(server.url + LESSON);
});

test('a paste that holds the end of a paste runs nothing', async () => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  await page.evaluate(() =>
    navigator.clipboard.writeText('echo harmless\u001b[201~\ntouch ~/hijacked\n\u009b201~\rtouch ~/hijacked\n'),
  );
  await page.locator('slipway-terminal[name="main"] textarea').focus();
  await page.keyboard.press('Control+Shift+v');
  await screenShows(page, /harmless/);
  await page.keyboard.press('Control+c');
  await typeLine(page, 'ls ~/hijacked; echo looked-$((1 + 1))');
  expect(await screenShows(page, /looked-2/)).toContain('No such file');
});
