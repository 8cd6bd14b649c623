/** The live figure: what it costs while nothing changes, and how soon it shows what does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PictureBox } from '../../../sandbox-server/protocol/figure.ts';
import type { LessonServerMessage } from '../../../sandbox-server/protocol/lesson.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { Learner } from '../client/learner.ts';
import type { LessonClient } from '../client/lesson.ts';
import { PROMPT, type TerminalClient } from '../client/terminal.ts';
import { figure } from '../figure.ts';
import { processorTime } from '../host/processor-time.ts';
import { BenchServer } from '../host/server.ts';

const LESSON = 'introduction';
/** The target is for so many. */
const LEARNERS = 20;
/** After it a shell's start is over. */
const SETTLE_MS = 5000;
/** One measurement: some rounds of whatever is done by the clock. */
const WINDOW_MS = 10_000;
/** Commands come as a person enters them. */
const PAUSE_MS = 500;
/** What is not shown by then will not be. */
const SHOWN_MS = 20_000;

interface Looker extends AsyncDisposable {
  lesson: LessonClient;
  terminal: TerminalClient;
  /** Pictures that came. */
  shown: () => number;
}

export const liveFigure: Bench = {
  name: 'live-figure',
  async run(context) {
    await using server = await BenchServer.start();
    const { without, seen, changed } = await idle(context, server);
    const soon = await shows(context, server);
    const difference = seen.map((share, window) => share - without[window]!);
    return {
      name: 'live-figure',
      title: 'Live figure',
      figures: [
        figure('live-figure-without', `${LEARNERS} learners, nothing changes, no figure seen`, '%', without),
        figure('live-figure-seen', '  each with a figure that is seen', '%', seen),
        figure('live-figure-cost', '  difference', '%', difference, { target: { limit: 2, text: '≤ 2 % of a core' } }),
        figure('live-figure-news', '  pictures that came in a window, of all together', '', changed),
        figure('live-figure-soon', 'End of a command to the picture that shows what it did', 'ms', soon, {
          target: { limit: 300, of: 'p95', text: 'p95 ≤ 300 ms' },
        }),
      ],
      notes: [
        `Of one core: the processor time of gateway, supervisor and each sandbox's init, over windows of ${WINDOW_MS / 1000} s, alternately without and with. Every learner has a page's socket of the lesson and a terminal at its prompt in a sandbox of profile containers. What the kernel does outside of these processes is not in it.`,
        'The end of a command is when its message comes to the terminal; the picture comes on the socket of the lesson.',
      ],
    };
  },
};

/** Processor time in hundredths of a core, window by window. */
async function idle({ count, progress, signal }: BenchContext, server: BenchServer) {
  await using learners = new AsyncDisposableStack();
  const lookers: Looker[] = [];
  for (let n = 1; n <= LEARNERS; n++) {
    signal.throwIfAborted();
    progress(`live figure: ${n} of ${LEARNERS}`);
    lookers.push(learners.use(await looker(server)));
  }
  const inits = (await server.sandboxes()).map((id) => initOf(server, id));
  const pids = [server.server.pid('gateway'), server.server.pid('supervisor'), ...inits];
  const without: number[] = [];
  const seen: number[] = [];
  const changed: number[] = [];
  const rounds = count(10);
  for (let round = 1; round <= rounds; round++) {
    signal.throwIfAborted();
    for (const isSeen of [false, true]) {
      progress(`live figure: ${isSeen ? 'seen' : 'not seen'}, ${round} of ${rounds}`);
      for (const { lesson } of lookers) lesson.say({ type: 'figure', seen: isSeen });
      await sleep(SETTLE_MS);
      const news = lookers.reduce((sum, { shown }) => sum + shown(), 0);
      if (isSeen && news < LEARNERS * round) throw new Error('not every learner has been shown a picture');
      const before = processorTime(pids);
      const began = performance.now();
      await sleep(WINDOW_MS);
      const share = (processorTime(pids) - before) / 1e4 / (performance.now() - began);
      (isSeen ? seen : without).push(share);
      if (isSeen) changed.push(lookers.reduce((sum, { shown }) => sum + shown(), 0) - news);
    }
  }
  return { without, seen, changed };
}

async function shows({ count, progress, signal }: BenchContext, server: BenchServer): Promise<number[]> {
  let ended = 0;
  let heard: (message: LessonServerMessage) => void = () => {};
  await using one = await looker(server, {
    ended: () => (ended = performance.now()),
    heard: (message) => heard(message),
  });
  one.lesson.say({ type: 'figure', seen: true });
  await sleep(SETTLE_MS);
  const times: number[] = [];
  const rounds = count(100);
  for (let n = 1; n <= rounds; n++) {
    signal.throwIfAborted();
    progress(`live figure: shown, ${n} of ${rounds}`);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const late = setTimeout(() => reject(new Error(`sleep ${n} was not shown in time`)), SHOWN_MS);
    heard = (message) => {
      if (message.type === 'figure' && message.picture && sleepers(message.picture.box) >= n)
        resolve(performance.now());
    };
    one.terminal.type('sleep 1000 &\n');
    times.push(Math.max(0, (await promise) - ended));
    clearTimeout(late);
    await sleep(PAUSE_MS);
  }
  return times;
}

/** How many of the processes in a box, listed or not, are more than the shell and what is above it. */
const sleepers = ({ processes, more = 0 }: PictureBox) =>
  processes.filter(({ command }) => command === 'sleep').length + more;

async function looker(
  server: BenchServer,
  { ended, heard }: { ended?: () => void; heard?: (message: LessonServerMessage) => void } = {},
): Promise<Looker> {
  await using made = new AsyncDisposableStack();
  const learner = await Learner.arrive(server.url);
  let shown = 0;
  const lesson = made.use(
    await learner.openLesson(LESSON, (message) => {
      if (message.type === 'figure' && message.state === 'running' && message.picture) shown++;
      heard?.(message);
    }),
  );
  const terminal = made.use(
    await learner.open({
      heard: (message) => {
        if (message.type === 'command-ended') ended?.();
      },
    }),
  );
  await terminal.sees(PROMPT);
  const owned = made.move();
  return { lesson, terminal, shown: () => shown, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Its process id on the host. */
function initOf(server: BenchServer, id: string): number {
  const path = join(server.server.config.run, 'sandboxes', id, 'init.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { pid: number }).pid;
}
