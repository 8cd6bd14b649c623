import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askInit } from '../../sandbox-server/sandbox/init/ask.ts';
import { putAttacker } from '../support/attacker.ts';
import { initOf } from '../support/host.ts';
import { BOX, startWithEngine } from '../support/engine-attacker.ts';
import { ENGINE_LIMITS, LIMITS } from '../support/limits.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;
let neighbour: string;
let id: string;
let terminal: TestTerminal;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  neighbour = await sandboxes.start();
});
beforeEach(async () => {
  id = await sandboxes.start();
  await putAttacker(sandboxes, id);
  terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
  await terminal.shows(/\$ /);
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

/** The sandbox is as it was: init is the same, a command runs, the neighbour has seen nothing. */
async function livesOn(init: number): Promise<void> {
  expect(initOf(sandboxes, id)).toBe(init);
  expect(await sandboxes.driver.status(id)).toBe('ready');
  expect((await sandboxes.run(id, 'echo alive')).out).toBe('alive\n');
  expect((await sandboxes.driver.stats(neighbour)).outOfMemoryKills).toBe(0);
  expect((await sandboxes.run(neighbour, 'head -c 50M /dev/zero | tail -c 50M | wc -c')).out).toBe('52428800\n');
}

test('a program that wants twice the memory is ended, the learner is told, and the shell goes on', async () => {
  const init = initOf(sandboxes, id);
  terminal.type('/tmp/attacker memory 256; echo went-on-$((1))\n');
  await terminal.shows(/went-on-1\r\n/, 30_000);
  expect(terminal.text).toMatch(/Killed/);
  expect(await terminal.hears('notice')).toEqual({ type: 'notice', code: 'out-of-memory' });
  const stats = await sandboxes.driver.stats(id);
  expect(stats.outOfMemoryKills).toBeGreaterThan(0);
  await livesOn(init);
});

test('many small programs that eat memory together do not take init along', async () => {
  const init = initOf(sandboxes, id);
  terminal.type(`for i in $(seq 40); do perl -e '$x = "x" x (6 << 20); sleep 60' & done\n`);
  await expect
    .poll(async () => (await sandboxes.driver.stats(id)).outOfMemoryKills, { timeout: 30_000 })
    .toBeGreaterThan(0);
  expect((await sandboxes.driver.stats(id)).memoryBytes).toBeLessThanOrEqual(LIMITS.memoryBytes + 32 * 1024 * 1024);
  await askInit(await sandboxes.driver.connect(id), { op: 'kill-all' }, 10_000);
  await livesOn(init);
});

test('the kernel picks any program of a learner’s before init', async () => {
  const { out } = await sandboxes.run(
    id,
    'cat /proc/self/oom_score_adj; (echo -1000 > /proc/self/oom_score_adj); cat /proc/self/oom_score_adj',
  );
  const [before, after] = out.trim().split('\n').map(Number);
  const own = Number(readFileSync(`/proc/${initOf(sandboxes, id)}/oom_score_adj`, 'utf8'));
  expect(before).toBeGreaterThan(own);
  expect(after).toBe(before);
});

test.each([
  ['root', (eat: string) => `sudo ${eat}`],
  ['a container', (eat: string) => `docker run --rm -v /tmp/attacker:/tmp/attacker ${BOX} ${eat}`],
  [
    'a privileged container',
    (eat: string) => `docker run --rm --privileged -v /tmp/attacker:/tmp/attacker ${BOX} ${eat}`,
  ],
  [
    'a container’s own tmpfs',
    () => `docker run --rm --tmpfs /big:size=4g ${BOX} /bin/busybox dd if=/dev/zero of=/big/x bs=1M count=1100`,
  ],
])('%s that wants twice the memory of a sandbox with an engine is ended, and init goes on', async (_who, as) => {
  id = await startWithEngine(sandboxes);
  await putAttacker(sandboxes, id);
  const init = initOf(sandboxes, id);
  const most = ENGINE_LIMITS.memoryBytes + 32 * 1024 * 1024;
  const eating = sandboxes.run(id, `${as('/tmp/attacker memory 1100')}; exit $?`, { timeoutMs: 30_000 });
  let done = false;
  void eating.finally(() => (done = true)).catch(() => {});
  while (!done) {
    expect((await sandboxes.driver.stats(id)).memoryBytes).toBeLessThanOrEqual(most);
    await sleep(50);
  }
  // Killed: the shell, and the engine's client, tell of SIGKILL so. Where the kernel ends the engine first, the client
  // says that it lost it.
  // What a tmpfs holds is no program's: there the kernel may end this shell itself, which then has no status.
  const { status, signal } = await eating;
  if (status === null) expect(signal).toBe('killed');
  else expect(status).toBeOneOf([137, 125, 1]);
  // A tmpfs is let go of only with the last process that sees it; until then nothing else may find memory. Init does.
  await sandboxes.killAll(id);
  await expect.poll(async () => (await sandboxes.run(id, 'echo alive')).out, { timeout: 20_000 }).toBe('alive\n');
  await livesOn(init);
});
