/** Starts from the pool: learners who find a sandbox that waits, one after the other, a class that trickles in, and all at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchContext } from '../bench.ts';
import type { Learner } from '../client/learner.ts';
import { type Moments, startOnce, stepFigures } from '../client/start-once.ts';
import { figure, type Figure } from '../figure.ts';
import { BenchServer } from '../host/server.ts';

/** A class comes so far apart, in milliseconds. */
const STAGGER_MS = 200;
/** The pool may take so long to be as large as the last burst was. */
const FILL_MS = 60_000;

export const pool: Bench = {
  name: 'pool',
  async run(context) {
    const most = context.count(100);
    const few = context.count(50);
    await using server = await BenchServer.start({ poolSize: most });
    const failures: string[] = [];
    const starts = new Starts(server, context, failures);

    context.progress('pool: a burst without one');
    const cold = await starts.burst(most);
    // It has seen by now that so many are asked for.
    context.progress('pool: it fills');
    await starts.filled(most);
    context.progress('pool: one after the other');
    const sequence: Moments[] = [];
    for (let n = 0; n < most; n++) sequence.push(...(await starts.burst(1)));
    await starts.filled(most);
    context.progress('pool: a class trickles in');
    const staggered = await Promise.all(
      Array.from({ length: few }, async (_, n) => {
        await sleep(n * STAGGER_MS);
        return starts.burst(1);
      }),
    );
    await starts.filled(most);
    context.progress('pool: a burst');
    const burst = await starts.burst(most);
    const figures: Figure[] = [
      figure('pool-sequence', `One after the other, ${most}`, 'ms', answers(sequence), {
        target: { limit: 15, text: 'p50 ≤ 15 ms' },
      }),
      ...stepFigures('pool-sequence', sequence),
      figure('pool-staggered', `${few}, one each ${STAGGER_MS} ms`, 'ms', answers(staggered.flat()), {
        target: { limit: 40, of: 'p95', text: 'p95 ≤ 40 ms' },
      }),
      figure('pool-burst', `${most} at once`, 'ms', answers(burst), { target: { limit: 300, text: 'p50 ≤ 300 ms' } }),
      figure('pool-cold-burst', `${most} at once, none waits`, 'ms', answers(cold), {
        target: { limit: 900, text: 'p50 ≤ 900 ms' },
      }),
      figure('pool-failures', 'Starts that failed', '', [failures.length], { target: { limit: 0, text: 'none' } }),
    ];
    return {
      name: 'pool',
      title: 'Start of a sandbox that waited',
      figures,
      notes: [
        `A new learner each time: HTTP request, WebSocket, \`open\`, a command at the prompt, until its answer. The pool may hold ${most}, and is filled before each scenario; afterwards the learners delete all that is theirs, which is not in the time. The burst without one is the first of a server that has seen nobody yet.`,
        ...failures,
      ],
    };
  },
};

const answers = (starts: readonly Moments[]) => starts.map(({ answer }) => answer);

class Starts {
  private readonly server: BenchServer;
  private readonly context: BenchContext;
  private readonly failures: string[];

  constructor(server: BenchServer, context: BenchContext, failures: string[]) {
    this.server = server;
    this.context = context;
    this.failures = failures;
  }

  /** So many at once; of each that came to its answer. */
  async burst(count: number): Promise<Moments[]> {
    this.context.signal.throwIfAborted();
    const gone: Learner[] = [];
    const began = await Promise.allSettled(
      Array.from({ length: count }, () => startOnce(this.server.url, async (learner) => void gone.push(learner))),
    );
    for (const learner of gone) await learner.leave();
    return began.flatMap((each) => {
      if (each.status === 'fulfilled') return [each.value];
      this.failures.push(String(each.reason));
      return [];
    });
  }

  /** Resolves when so many wait and nothing else runs. */
  async filled(count: number): Promise<void> {
    for (const until = performance.now() + FILL_MS; performance.now() < until; await sleep(200)) {
      this.context.signal.throwIfAborted();
      if ((await this.server.sandboxes()).length === count) return sleep(1000);
    }
    throw new Error(`the pool was not filled to ${count} within ${FILL_MS / 1000} s`);
  }
}
