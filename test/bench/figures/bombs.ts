/**
 * Bombs: what one learner does to ten others. Each bomb has a sandbox of its own, with the limits that it has by default;
 * the others type, and new learners come, before it and under it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { imageOf } from '../../support/config.ts';
import { allTracesOf, idsOf } from '../../support/host.ts';
import { runInSandbox } from '../../../sandbox-server/sandbox/init/ask.ts';
import { randomId } from '../../../sandbox-server/session/ids.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { BOMBS, type Bomb } from '../bombs/bombs.ts';
import { packStressNg, putStressNg } from '../bombs/stress-ng.ts';
import { atPrompt } from '../client/prompt.ts';
import { Typist } from '../client/typist.ts';
import { figure, ratio, spread, type Figure } from '../figure.ts';
import { BenchServer } from '../host/server.ts';

const NEIGHBOURS = 10;
/** Five keys a second and neighbour. */
const PAUSE_MS = 200;
/** A bomb has all that it can get by then. */
const GROW_MS = 2000;
/** What is left of a sandbox must be gone by then. */
const RESIDUE_MS = 2000;

export const bombs: Bench = {
  name: 'bombs',
  async run(context) {
    const only = process.env['BENCH_BOMBS']?.split(',');
    await using server = await BenchServer.start();
    await using terminals = new AsyncDisposableStack();
    const typists: Typist[] = [];
    for (let n = 0; n < NEIGHBOURS; n++) typists.push(new Typist(terminals.use(await atPrompt(server)), PAUSE_MS));
    const room = new Room(server, typists, context);
    const archive = packStressNg();
    const figures: Figure[] = [];
    const idle: Seen[] = [];
    for (const bomb of BOMBS.filter(({ name }) => !only || only.includes(name))) {
      context.signal.throwIfAborted();
      context.progress(`bombs: ${bomb.name}`);
      const before = await room.look();
      idle.push(before);
      figures.push(...(await underBomb(room, bomb, before, archive)));
    }
    await Promise.all(typists.map((each) => each.end()));
    return {
      name: 'bombs',
      title: `${NEIGHBOURS} learners type beside a bomb`,
      figures: [
        figure(
          'bombs-idle-echo',
          'No bomb: echo of a key',
          'ms',
          idle.flatMap(({ echo }) => echo),
        ),
        figure(
          'bombs-idle-start',
          'No bomb: start of a sandbox, to its prompt',
          'ms',
          idle.flatMap(({ start }) => start),
        ),
        ...figures,
      ],
      notes: [
        `${NEIGHBOURS} learners type 5 keys a second each; one new learner after the other comes and goes. Every bomb is looked at beside the ${NEIGHBOURS} alone, just before it: the starts' ratio is to that. A bomb runs in a new sandbox with the limits that it has by default, for ${GROW_MS / 1000} s before it counts. What is left of its sandbox is counted when it was destroyed, and the kernel has had ${RESIDUE_MS / 1000} s for its loop device.`,
      ],
    };
  },
};

interface Seen {
  echo: number[];
  start: number[];
}

/** The ten, and the door. */
class Room {
  readonly server: BenchServer;
  private readonly typists: readonly Typist[];
  private readonly context: BenchContext;

  constructor(server: BenchServer, typists: readonly Typist[], context: BenchContext) {
    this.server = server;
    this.typists = typists;
    this.context = context;
  }

  /** What they feel while so many come and go. */
  async look(): Promise<Seen> {
    for (const each of this.typists) each.take();
    const began = performance.now();
    const start: number[] = [];
    for (let n = 0; n < this.context.count(10); n++) {
      this.context.signal.throwIfAborted();
      start.push(await this.comeAndGo());
    }
    await sleep(Math.max(0, this.context.count(5000) - (performance.now() - began)));
    return { echo: this.typists.flatMap((each) => each.take()), start };
  }

  private async comeAndGo(): Promise<number> {
    const before = new Set(await this.server.sandboxes());
    const began = performance.now();
    await using _terminal = await atPrompt(this.server);
    const took = performance.now() - began;
    for (const id of await this.server.sandboxes()) if (!before.has(id)) await this.server.driver.destroy(id);
    return took;
  }
}

async function underBomb(room: Room, bomb: Bomb, before: Seen, archive: Buffer): Promise<Figure[]> {
  const { server } = room;
  const { config } = server.server;
  const id = randomId();
  const { profile } = bomb;
  await server.driver.create(id, {
    image: imageOf(config, profile),
    profile,
    hostname: 'bomber',
    limits: config.limits[profile],
  });
  await server.driver.start(id);
  if (bomb.script.includes('stress-ng')) await putStressNg(server.driver, id, archive);
  const argv = ['bash', '-c', bomb.script];
  const running = runInSandbox(await server.driver.connect(id), { op: 'exec', argv, root: profile === 'containers' });
  let ended: unknown;
  running.then(
    (result) => (ended = result.stderr.toString('utf8').slice(0, 500)),
    () => undefined,
  );
  await sleep(GROW_MS);
  const under = await room.look();
  if (ended !== undefined) throw new Error(`the bomb ${bomb.name} ended by itself: ${String(ended)}`);
  const ids = idsOf(server.server, id);
  const began = performance.now();
  await server.driver.destroy(id);
  const destroyed = performance.now() - began;
  await running.catch(() => undefined);
  const left = await residue(() => allTracesOf(config, id, ids));
  const name = `bomb-${bomb.name}`;
  return [
    figure(`${name}-echo`, bomb.what, 'ms', under.echo, { target: { limit: 20, of: 'p95', text: 'echo p95 ≤ 20 ms' } }),
    figure(`${name}-start`, '  start, over idle', '×', ratio(spread(under.start), spread(before.start)), {
      target: { limit: 2, text: '≤ 2 ×' },
    }),
    figure(`${name}-destroy`, '  the bomb destroyed', 'ms', [destroyed], { target: { limit: 2000, text: '≤ 2 s' } }),
    ...(left.length > 0
      ? [
          figure(`${name}-left`, `  left of it: ${left.join(', ')}`, '', [left.length], {
            target: { limit: 0, text: 'nothing' },
          }),
        ]
      : []),
  ];
}

async function residue(traces: () => string[]): Promise<string[]> {
  for (const until = performance.now() + RESIDUE_MS; ; await sleep(100)) {
    const left = traces();
    if (left.length === 0 || performance.now() > until) return left;
  }
}
