import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { initOf } from '../support/host.ts';
import { TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';
import { refusalOf, TOLD_MS } from '../support/told.ts';
import { runtimesOf, signalCalled } from '../support/victims.ts';

test.each(['crun', 'runc'] as const)(
  '%s that hangs is told of in time, ended, and costs nobody else; the next try starts the sandbox',
  async (runtime) => {
    // Long before a start's own time is over, which it may take on a slow machine.
    await using server = await TestServer.start({ runtime, startTimeoutMs: 60_000, logLevel: 'warn' });
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
  },
);

test('a start that hangs leaves no place taken', async () => {
  let met = false;
  // A start may be over before the runtime is met: then another server's first.
  for (let n = 0; !met && n < 8; n++) met = await hangAtFirst();
  expect(met).toBe(true);
});

/** False: the runtime was not met. */
async function hangAtFirst(): Promise<boolean> {
  await using server = await TestServer.start({ startTimeoutMs: 60_000, maxSandboxes: 1, logLevel: 'warn' });
  const hung = signalCalled(server.pid('supervisor'), 'SIGSTOP', { below: true, delayMs: 0 });
  const refused = refusalOf(server.url, await visit(server.url), TERMINAL);
  if ((await hung) === undefined) return false;
  expect(await refused).toBe('start-timeout');
  await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
  return true;
}

test('a start that is slow is said to be, and not given up', async () => {
  let slow = false;
  for (let n = 0; !slow && n < 8; n++) slow = await slowAtFirst();
  expect(slow).toBe(true);
});

/** The runtime is stopped and let go on in turns, as on a machine that has hardly any time for it. */
async function slowAtFirst(): Promise<boolean> {
  await using server = await TestServer.start({ startTimeoutMs: 60_000, logLevel: 'warn' });
  const called = signalCalled(server.pid('supervisor'), 'SIGSTOP', { below: true, delayMs: 0 });
  const page = await TestPage.open(server.url, await visit(server.url), TERMINAL);
  page.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  if ((await called) === undefined) return false;
  const pids = runtimesOf(server.pid('supervisor'));
  const stage = () => page.messages.findLast(({ type }) => type === 'starting');
  const turns = setInterval(() => {
    for (const pid of pids) {
      process.kill(pid, 'SIGCONT');
      process.kill(pid, 'SIGSTOP');
    }
  }, 1000);
  try {
    await expect.poll(stage, { timeout: 2 * TOLD_MS }).toMatchObject({ stage: 'container', slow: true });
  } finally {
    clearInterval(turns);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
  await page.hears('attached');
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
