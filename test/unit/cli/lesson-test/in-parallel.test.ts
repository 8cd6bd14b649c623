import { expect, test } from 'vitest';
import { inParallel } from '../../../../sandbox-server/cli/lesson-test/in-parallel.ts';

const never = new AbortController().signal;

test('what came stands in the order of the items, and no more are under way than may be', async () => {
  let [under, most] = [0, 0];
  const results = await inParallel(2, [3, 1, 2, 0], never, async (item) => {
    most = Math.max(most, ++under);
    for (let turn = 0; turn < item; turn++) await Promise.resolve();
    under--;
    return item * 10;
  });
  expect(results).toEqual([30, 10, 20, 0]);
  expect(most).toBe(2);
});

/** Ends some turns after it was told to. */
async function slowToEnd(signal: AbortSignal): Promise<void> {
  await new Promise((told) => signal.addEventListener('abort', told, { once: true }));
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

test.each(['a failure', 'Ctrl-C'])(
  '%s ends the others, lets none begin, and is told when all are over',
  async (what) => {
    const ctrlC = new AbortController();
    const seen: string[] = [];
    const all = inParallel(2, ['slow', 'first', 'later'], ctrlC.signal, async (item, signal) => {
      seen.push(`${item} begins`);
      if (item === 'slow') await slowToEnd(signal);
      else if (what === 'Ctrl-C') ctrlC.abort(new Error('it is over'));
      else throw new Error('it is over');
      seen.push(`${item} is over`);
    });
    await expect(all).rejects.toThrow('it is over');
    expect(seen.filter((each) => each !== 'first is over')).toEqual(['slow begins', 'first begins', 'slow is over']);
  },
);
