import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askInit } from '../../sandbox-server/sandbox/init/ask.ts';
import { BOX, startWithEngine } from '../support/engine-attacker.ts';
import { ENGINE_LIMITS, LIMITS } from '../support/limits.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;
let neighbour: string;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  neighbour = await sandboxes.start();
});
beforeEach(async () => {
  id = await sandboxes.start();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

const killAll = async () => askInit(await sandboxes.driver.connect(id), { op: 'kill-all' }, 10_000);

test.each([
  ['a fork bomb', ':(){ :|:& };:'],
  ['one that ignores every signal', "trap '' TERM HUP INT QUIT; bomb() { bomb | bomb & }; bomb"],
  ['one that lives in sessions of its own', 'f() { setsid bash -c "$(declare -f f); f; f" & }; f'],
])('after %s, “stop everything in here” stops it, and a terminal opens', async (_what, bomb) => {
  const terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
  await terminal.shows(/\$ /);
  terminal.type(`${bomb}\n`);
  await expect
    .poll(async () => (await sandboxes.driver.stats(id)).processes, { timeout: 10_000 })
    .toBeGreaterThan(LIMITS.processes - 10);
  const next = await TestTerminal.open(sandboxes.driver, neighbour, 'main');
  next.type('echo not-$((1))-hit\n');
  await next.shows(/not-1-hit\r\n/);
  next.close();

  expect(await killAll()).toMatchObject({ ok: true });

  await terminal.hears('exited');
  // What is left is init: it alone counts, with its threads.
  await expect.poll(async () => (await sandboxes.driver.stats(id)).processes).toBeLessThan(20);
  const after = await TestTerminal.open(sandboxes.driver, id, 'second');
  after.type('echo alive-$((1)) $(pgrep -c bash)\n');
  await after.shows(/alive-1 [12]\r\n/);
});

test('in the middle of a fork bomb another terminal can still be opened', async () => {
  const terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
  terminal.type(':(){ :|:& };:\n');
  await expect
    .poll(async () => (await sandboxes.driver.stats(id)).processes, { timeout: 10_000 })
    .toBeGreaterThan(LIMITS.processes - 10);
  const second = await TestTerminal.open(sandboxes.driver, id, 'second');
  // It cannot fork, so its start files take their time; but it is there, and it waits for what is typed.
  await sleep(1000);
  expect(second.events.map(({ type }) => type)).not.toContain('exited');
  expect(await askInit(await sandboxes.driver.connect(id), { op: 'status' }, 10_000)).toMatchObject({
    terminals: expect.arrayContaining([expect.objectContaining({ name: 'second', exited: false })]) as unknown,
  });
  await killAll();
});

test('a learner who has as many processes as allowed is told so', async () => {
  const terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
  terminal.type('for i in $(seq 200); do sleep 30 & done\n');
  expect(await terminal.hears('notice', 30_000)).toEqual({ type: 'notice', code: 'too-many-processes' });
  const { processes } = await sandboxes.driver.stats(id);
  expect(processes).toBeLessThanOrEqual(LIMITS.processes + 20);
  await killAll();
});

describe('with an engine', () => {
  beforeEach(async () => {
    id = await startWithEngine(sandboxes);
  });

  test.each([
    ['root', "sudo bash -c ':(){ :|:& };:'"],
    ['a container', `docker run ${BOX} /bin/busybox sh -c 'bomb() { bomb | bomb & }; bomb; busybox sleep 100'`],
    [
      'a privileged container',
      `docker run --privileged --pid host ${BOX} /bin/busybox sh -c 'bomb() { bomb | bomb & }; bomb; busybox sleep 100'`,
    ],
  ])('after a fork bomb of %s, “stop everything in here” stops it, and a terminal opens', async (_who, bomb) => {
    const terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
    await terminal.shows(/\$ /);
    terminal.type(`${bomb}\n`);
    await expect
      .poll(async () => (await sandboxes.driver.stats(id)).processes, { timeout: 20_000 })
      .toBeGreaterThan(ENGINE_LIMITS.processes - 40);
    expect((await sandboxes.driver.stats(id)).processes).toBeLessThanOrEqual(ENGINE_LIMITS.processes + 64);
    expect((await sandboxes.run(neighbour, 'echo not hit')).out).toBe('not hit\n');

    expect(await killAll()).toMatchObject({ ok: true });

    await expect.poll(async () => (await sandboxes.driver.stats(id)).processes, { timeout: 10_000 }).toBeLessThan(30);
    const after = await TestTerminal.open(sandboxes.driver, id, 'second');
    after.type('echo alive-$((1))\n');
    await after.shows(/alive-1\r\n/);
  });
});
