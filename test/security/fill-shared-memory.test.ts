import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askInit } from '../../sandbox-server/sandbox/init/ask.ts';
import { attack, HeldAttack, putAttacker } from '../support/attacker.ts';
import { LIMITS } from '../support/limits.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;
let id: string;
let neighbour: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  neighbour = await sandboxes.start();
});
beforeEach(async () => {
  id = await sandboxes.start();
  await putAttacker(sandboxes, id);
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

const MOST = LIMITS.memoryBytes + 32 * 1024 * 1024;

async function goesOn(): Promise<void> {
  const terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
  terminal.type('echo here-$((1))\n');
  await terminal.shows(/here-1\r\n/, 30_000);
  expect((await sandboxes.run(neighbour, 'head -c 40M /dev/zero > /dev/shm/x && echo room; rm /dev/shm/x')).out).toBe(
    'room\n',
  );
  expect((await sandboxes.driver.stats(id)).memoryBytes).toBeLessThanOrEqual(MOST);
}

test('/dev/shm ends at its size, and the sandbox goes on', async () => {
  const { err } = await sandboxes.run(id, 'head -c 300M /dev/zero > /dev/shm/full');
  expect(err).toContain('No space left on device');
  await goesOn();
});

test('every file system in memory that a learner can write to is small, or counts against the sandbox’s memory', async () => {
  const find = `for d in $(awk '$3 == "tmpfs" {print $2}' /proc/mounts); do [ -w $d ] && echo $d; done`;
  const { out } = await sandboxes.run(id, find);
  for (const dir of out.trim().split('\n')) await sandboxes.run(id, `head -c 300M /dev/zero > ${dir}/full`);
  await goesOn();
});

test('shared memory that outlives its processes is the sandbox’s own loss, and a restart frees it', async () => {
  const held = attack(sandboxes, id, 'shm', { number: 64 }).catch(() => 'killed');
  await held;
  await askInit(await sandboxes.driver.connect(id), { op: 'kill-all' }, 10_000);
  await goesOn();
  await sandboxes.driver.stop(id);
  await sandboxes.driver.start(id);
  expect((await sandboxes.run(id, 'ipcs -m | grep -c ^0x')).out).toBe('0\n');
  expect((await sandboxes.driver.stats(id)).memoryBytes).toBeLessThan(LIMITS.memoryBytes / 4);
});

test('message queues to exhaustion leave the neighbour its own, and a restart frees them', async () => {
  const fill = `perl -e 'while (defined(my $q = msgget(0, 0666 | 01000))) { for (1..1000) { msgsnd($q, pack("l! a8000", 1, "x"), 04000) or last } }'`;
  await sandboxes.run(id, fill, { timeoutMs: 4000 });
  expect((await sandboxes.run(neighbour, 'ipcmk -Q')).out).toMatch(/^Message queue id/);
  expect(await askInit(await sandboxes.driver.connect(id), { op: 'status' }, 5000)).toMatchObject({ ok: true });
  await sandboxes.driver.stop(id);
  await sandboxes.driver.start(id);
  await goesOn();
});

test('an attack that is let go of gives its memory back', async () => {
  const before = (await sandboxes.driver.stats(id)).memoryBytes;
  {
    using held = await HeldAttack.start(sandboxes, id, 'memory', 64);
    expect(held.answer).toEqual({ bytes: 64 * 1024 * 1024 });
    expect((await sandboxes.driver.stats(id)).memoryBytes).toBeGreaterThan(before + 60 * 1024 * 1024);
  }
  await expect
    .poll(async () => (await sandboxes.driver.stats(id)).memoryBytes, { timeout: 5000 })
    .toBeLessThan(before + 30 * 1024 * 1024);
});
