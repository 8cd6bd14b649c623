import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { createLog } from '../../sandbox-server/log.ts';
import { startGateway } from '../../sandbox-server/main.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { COURSE, TERMINAL } from '../support/raw-web.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

const YEARS_MS = 10 * 365 * 24 * 3_600_000;
const STOP_MS = 1500;

afterEach(() => {
  vi.useRealTimers();
});

/** The host's clock as gateway and supervisor have it, which both run in this process; nothing else of time is touched. */
function setClock(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms, shouldAdvanceTime: true });
}

test.each([
  ['ten years ahead, and back', YEARS_MS],
  ['a day back, and ahead again', -24 * 3_600_000],
])('a clock that jumps %s ends no shell and deletes no file, and everything goes on', async (_what, jump) => {
  await using sandboxes = await RealSandboxes.open({ idleFreezeMs: 0, idleStopMs: STOP_MS, expiryMs: 2 * STOP_MS });
  const { config } = sandboxes;
  await using _gateway = await startGateway(config, createLog('gateway', 'silent'));
  const url = config.urls[0]!;
  const cookie = await visit(url);
  const page = await (await TestPage.open(url, cookie, TERMINAL)).attach();
  page.type('echo kept > ~/note; sync; echo do-$((1))-ne\n');
  await page.shows(/do-1-ne\r\n/);
  const { shell } = await page.hears('attached');
  const stateOf = async () =>
    (await (await fetch(`${url}${COURSE}/sandbox`, { headers: { cookie } })).json()) as object;

  for (const ms of [jump, -jump]) {
    setClock(ms);
    // Who is there goes on, newcomers come, and what has to end after a time of its own does.
    page.type(`echo at-$((${ms > 0 ? 2 : 3}))\n`);
    await page.shows(ms > 0 ? /at-2\r\n/ : /at-3\r\n/);
    const id = await sandboxes.start();
    await sandboxes.driver.freeze(id);
    await sandboxes.driver.thaw(id);
    await sandboxes.driver.destroy(id);
    (await (await TestPage.open(url, await visit(url), TERMINAL)).attach()).close();
  }
  page.close();
  setClock(jump);
  // Longer than either time-out: a learner who is away for a moment finds all as it was.
  await sleep(3 * STOP_MS);
  expect(await stateOf()).toMatchObject({ state: 'ready' });
  setClock(-jump);
  await sleep(STOP_MS / 2);
  const again = await (await TestPage.open(url, cookie, TERMINAL)).attach();
  expect((await again.hears('attached')).shell).toBe(shell);
  again.type('cat ~/note\n');
  await again.shows(/kept\r\n/);
});
