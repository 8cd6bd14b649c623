/** Return: from opening a terminal's WebSocket to the shell, for a sandbox that was frozen or stopped meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxState } from '../../../sandbox-server/protocol/api.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { Learner } from '../client/learner.ts';
import { PROMPT } from '../client/terminal.ts';
import { figure, ratio, spread } from '../figure.ts';
import { BenchServer } from '../host/server.ts';

/** A sandbox is put to rest this long after its learner left, in milliseconds. */
const REST_MS = 100;
const LOOK_MS = 10;
/** Each rests within a second; what has not by then will not. */
const LOOKS = 3000;

export const comeBack: Bench = {
  name: 'return',
  async run(context) {
    const frozen = await returns(context, 'frozen', { idleFreezeMs: REST_MS, idleStopMs: 0 });
    const stopped = await returns(context, 'stopped', { idleFreezeMs: 0, idleStopMs: REST_MS });
    const target = { limit: 100, of: 'p95', text: 'p95 < 100 ms' } as const;
    return {
      name: 'return',
      title: 'Coming back',
      figures: [
        figure('return-frozen', 'to a frozen sandbox: WebSocket → attached', 'ms', frozen.back, { target }),
        figure('return-stopped', 'to a stopped one: WebSocket → attached', 'ms', stopped.back),
        figure('return-first', 'to none yet, a first start: WebSocket → attached', 'ms', stopped.first),
        figure(
          'return-over-first',
          'a stopped one over a first start',
          '×',
          ratio(spread(stopped.back), spread(stopped.first)),
        ),
      ],
      notes: [
        'A learner opens a terminal, types, leaves, and comes back when the sandbox is frozen or stopped. The clock runs from the opening of the WebSocket to `attached`, behind which the shell’s output follows. A stopped one has its disk already; a first start makes it.',
      ],
    };
  },
};

async function returns(
  { count, progress, signal }: BenchContext,
  state: SandboxState,
  times: { idleFreezeMs: number; idleStopMs: number },
): Promise<{ first: number[]; back: number[] }> {
  await using server = await BenchServer.start(times);
  const first: number[] = [];
  const back: number[] = [];
  const rounds = count(30);
  for (let round = 1; round <= rounds; round++) {
    signal.throwIfAborted();
    progress(`return, ${state}: ${round} of ${rounds}`);
    const learner = await Learner.arrive(server.url);
    first.push(await attached(learner));
    await rests(learner, state);
    back.push(await attached(learner));
    await server.empty();
  }
  return { first, back };
}

/** Milliseconds until the terminal is attached; leaves it when its prompt is there. */
async function attached(learner: Learner): Promise<number> {
  const began = performance.now();
  const { promise, resolve } = Promise.withResolvers<number>();
  await using terminal = await learner.open({
    heard: (message) => {
      if (message.type === 'attached') resolve(performance.now() - began);
    },
  });
  await terminal.sees(PROMPT);
  return promise;
}

async function rests(learner: Learner, state: SandboxState): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    if ((await learner.sandboxState()) === state) return;
    await sleep(LOOK_MS);
  }
  throw new Error(`the sandbox was not ${state}`);
}
