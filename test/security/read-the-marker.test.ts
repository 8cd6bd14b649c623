import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCheck } from '../../sandbox-server/checks/run-check.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;

beforeAll(async () => void (sandboxes = await RealSandboxes.open()));
afterAll(() => sandboxes[Symbol.asyncDispose]());

/** Looks, for 3 s, at all that the kernel shows of other processes of the same user, and prints what tells of a check. */
const SPY = `
  end=$((SECONDS + 3))
  while [ $SECONDS -lt $end ]; do
    for process in /proc/[0-9]*; do
      [ "$process" = "/proc/$$" ] && continue
      { tr '\\0' '\\n' <$process/cmdline; tr '\\0' '\\n' <$process/environ; } 2>/dev/null |
        grep -aE '[0-9a-f]{32}|SECRET-OF-THE-CHECK'
      for file in 0 9; do
        # What init made can be read and written by nobody else: text could be taken from the check, or given to it.
        (exec 3<$process/fd/$file) 2>/dev/null && readlink $process/fd/$file | grep pipe
        (exec 3>$process/fd/$file) 2>/dev/null && readlink $process/fd/$file | grep pipe
      done
    done
  done
  true`;

test('neither the marker of a check nor its text can be read by programs of the same user, nor its input be written', async () => {
  const id = await sandboxes.start();
  const spying = sandboxes.run(id, SPY);
  const text = ': SECRET-OF-THE-CHECK\nsleep 0.5; fail "not yet"';
  for (let round = 0; round < 4; round++) {
    const verdict = await runCheck(() => sandboxes.driver.connect(id), {
      kind: 'script',
      place: 'lesson/index.md:1',
      text,
      user: 'learner',
      timeoutMs: 5000,
    });
    expect(verdict).toMatchObject({ outcome: 'not-yet' });
  }
  const { status, out } = await spying;
  expect({ status, out }).toEqual({ status: 0, out: '' });
});
