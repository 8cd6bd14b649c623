import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCheck, type Verdict } from '../../sandbox-server/checks/run-check.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const run = (text: string, timeoutMs = 5000): Promise<Verdict> =>
  runCheck(() => sandboxes.driver.connect(id), {
    kind: 'script',
    place: 'lesson/index.md:1',
    text,
    user: 'learner',
    timeoutMs,
  });

test('a learner’s program that floods a check costs the server little memory, and never passes', async () => {
  await sandboxes.run(
    id,
    `printf '#!/bin/sh\\nexec yes "%s"\\n' "$(head -c 2000 /dev/zero | tr '\\0' y)" >prog; chmod +x prog`,
  );
  const before = process.memoryUsage().rss;
  for (const text of ['./prog', './prog >&2', './prog >&9', 'setsid ./prog & sleep 100']) {
    expect(await run(text)).toMatchObject({ outcome: 'broken', fault: 'flooded' });
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});

test('a learner’s program that a check starts and that stays does not hold it up, nor keep it from passing', async () => {
  await sandboxes.run(id, `printf '#!/bin/sh\\nsetsid sleep 4716 &\\nexit 0\\n' >prog; chmod +x prog`);
  expect(await run('./prog && true')).toEqual({ outcome: 'passed' });
  expect(await run('./prog; fail "not yet"')).toMatchObject({ outcome: 'not-yet', reason: 'not yet' });
});

test('a learner’s program that forks without end in a check is held by the sandbox’s limits, and the next check runs', async () => {
  await sandboxes.run(id, `printf '#!/bin/bash\nbomb() { bomb | bomb & }; bomb; sleep 1\n' >prog; chmod +x prog`);
  const verdict = await run('./prog\ngrep -q done work.txt || fail "not yet"');
  expect(verdict.outcome).not.toBe('passed');
  await sandboxes.killAll(id);
  await expect.poll(() => run('true'), { timeout: 20_000 }).toEqual({ outcome: 'passed' });
});
