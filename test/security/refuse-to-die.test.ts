import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HeldAttack, putAttacker } from '../support/attacker.ts';
import { idsOf, processesOf, tracesOf } from '../support/host.ts';
import { destroyCleanly } from '../support/residue.ts';
import { LIMITS } from '../support/limits.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

/** What the driver's contract allows, in milliseconds. */
const MOST_MS = 2000;

const CLINGING: [title: string, script: string][] = [
  [
    'ignores every signal',
    "for i in $(seq 20); do (trap '' TERM HUP INT QUIT TSTP PIPE; while :; do sleep 1; done) & done",
  ],
  ['is stopped', 'for i in $(seq 20); do sleep 100 & done; kill -STOP -1'],
  [
    'has a session of its own and no parent',
    'for i in $(seq 20); do setsid setsid sleep 100 < /dev/null > /dev/null 2>&1 & done',
  ],
  [
    'starts itself anew',
    "again() { while :; do setsid bash -c 'sleep 0.05' ; done; }; for i in 1 2 3 4; do again & done",
  ],
  [
    'reads, writes and syncs all the time',
    'for i in 1 2 3 4; do (while :; do head -c 4M /dev/urandom > ~/f$i; sync; done) & done',
  ],
  [
    'holds files, pipes and terminals open',
    'for i in $(seq 10); do script -qc "sleep 100" /dev/null < /dev/null > /dev/null & done',
  ],
];

describe.each(['crun', 'runc'] as const)('under %s', (runtime) => {
  let sandboxes: RealSandboxes;

  beforeAll(async () => {
    sandboxes = await RealSandboxes.open({ runtime });
  });
  afterAll(() => sandboxes?.[Symbol.asyncDispose]());

  async function isGoneSoon(id: string): Promise<void> {
    expect(processesOf(sandboxes.config, idsOf(sandboxes, id)).length).toBeGreaterThan(1);
    const ids = await destroyCleanly(sandboxes, id);
    // Its ids are free: the next sandbox has them.
    const next = await sandboxes.start();
    expect(idsOf(sandboxes, next)).toEqual(ids);
    await sandboxes.driver.destroy(next);
  }

  // What processes do is the kernel's matter; the second runtime is for what a runtime leaves behind.
  test.each(runtime === 'crun' ? CLINGING : CLINGING.slice(0, 2))(
    'a sandbox whose every process %s is destroyed in time, and nothing of it is left',
    async (_what, script) => {
      const id = await sandboxes.start();
      const terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
      await terminal.shows(/\$ /);
      terminal.type(`${script}\n`);
      const ids = idsOf(sandboxes, id);
      await expect.poll(() => processesOf(sandboxes.config, ids).length).toBeGreaterThan(5);
      await isGoneSoon(id);
      await terminal.ended;
    },
  );

  test('so is one full of processes that have ended and are waited for by nobody', async () => {
    const id = await sandboxes.start();
    await putAttacker(sandboxes, id);
    // Ten thousand are wanted; they count as the processes that they were.
    using held = await HeldAttack.start(sandboxes, id, 'zombies', 10_000);
    expect(held.answer['made']).toBeGreaterThan(LIMITS.processes / 2);
    expect(held.answer['made']).toBeLessThan(LIMITS.processes);
    await isGoneSoon(id);
  });

  test('so is a frozen one, and a stop leaves its disk alone', async () => {
    const id = await sandboxes.start();
    await sandboxes.run(
      id,
      "echo kept > ~/note; for i in 1 2 3; do (trap '' TERM; setsid sleep 100 < /dev/null > /dev/null 2>&1) & done; sleep 0.2",
    );
    await sandboxes.driver.freeze(id);
    const ids = idsOf(sandboxes, id);
    const began = Date.now();
    await sandboxes.driver.stop(id);
    expect(Date.now() - began).toBeLessThan(MOST_MS);
    await expect.poll(() => tracesOf(sandboxes.config, id, ids), { timeout: MOST_MS }).toEqual([]);
    await sandboxes.driver.start(id);
    expect(
      (await sandboxes.run(id, 'cat ~/note; for i in 1 2 3; do setsid sleep 100 <&- >&- 2>&- & done; sleep 0.2')).out,
    ).toBe('kept\n');
    await sandboxes.driver.freeze(id);
    await isGoneSoon(id);
  });
});
