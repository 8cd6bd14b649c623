import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { initOf } from '../support/host.ts';
import { PATIENCE } from '../support/patience.ts';
import { TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';
import { refusalOf, TOLD_MS } from '../support/told.ts';
import { signalCalled } from '../support/victims.ts';

test('a runtime that hangs is told of and ended, and costs nobody else; the next try starts the sandbox', async () => {
  await using server = await TestServer.start({ startTimeoutMs: 2000, logLevel: 'warn' });
  const cookie = await visit(server.url);
  const neighbour = await visit(server.url);
  let stopped: string | undefined;
  // A start takes some milliseconds: it may be over before the runtime is met.
  for (let n = 0; stopped === undefined && n < 10; n++) {
    const hung = signalCalled(server.pid('supervisor'), 'SIGSTOP', { below: true, delayMs: 0 });
    const refused = refusalOf(server.url, n === 0 ? cookie : await visit(server.url), TERMINAL);
    stopped = await hung;
    if (stopped === undefined) continue;
    const began = performance.now();
    await (await TestPage.open(server.url, neighbour, TERMINAL)).attach();
    expect(await refused).toBe('start-timeout');
    expect(performance.now() - began).toBeLessThan(TOLD_MS);
  }
  expect(stopped).toContain('runtime');
  await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
});

test('a start that hangs is said to be slow, in time, while it is waited for; then it is ended and leaves no place taken', async () => {
  let slow = false;
  // A start may be over before the runtime is met: then another server's first.
  for (let n = 0; !slow && n < 8; n++) slow = await hangAtFirst();
  expect(slow).toBe(true);
});

/** False: the runtime was not met. */
async function hangAtFirst(): Promise<boolean> {
  await using server = await TestServer.start({ startTimeoutMs: 7000 * PATIENCE, maxSandboxes: 1, logLevel: 'warn' });
  const hung = signalCalled(server.pid('supervisor'), 'SIGSTOP', { below: true, delayMs: 0 });
  const page = await TestPage.open(server.url, await visit(server.url), TERMINAL);
  page.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  if ((await hung) === undefined) return false;
  const stage = () => page.messages.findLast(({ type }) => type === 'starting');
  await expect.poll(stage, { timeout: TOLD_MS }).toMatchObject({ stage: 'container', slow: true });
  expect((await page.closed).reason).toBe('start-timeout');
  await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
  return true;
}

test('a sandbox whose init hangs is told of in time, and its shell is there when it goes on', async () => {
  await using server = await TestServer.start({ logLevel: 'warn' });
  const cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  const [sandbox] = readdirSync(join(server.config.run, 'sandboxes'));
  const init = initOf(server, sandbox!);
  process.kill(init, 'SIGSTOP');
  try {
    expect(await refusalOf(server.url, cookie, TERMINAL)).toBe('sandbox-silent');
    await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
  } finally {
    process.kill(init, 'SIGCONT');
  }
  const again = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  expect((await again.hears('attached')).shell).toBe((await page.hears('attached')).shell);
});
