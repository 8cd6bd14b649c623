/** Memory: of idle sandboxes with a shell each, and of the server that holds them. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { atPrompt } from '../client/prompt.ts';
import { figure, type Figure } from '../figure.ts';
import { hostMemory, inUse } from '../host/host-memory.ts';
import { processMemory } from '../host/process-memory.ts';
import { anyInspectorPort, usedHeap } from '../host/inspector.ts';
import { sandboxMemory, type SandboxMemory } from '../host/sandbox-memory.ts';
import { BenchServer } from '../host/server.ts';

/** After it a shell's start is over and its garbage collected. */
const SETTLE_MS = 5000;
const MB = 1_000_000;

const PARTS: [name: string, what: string, of: (memory: SandboxMemory) => number][] = [
  ['init', '  init, proportional share of shared pages', ({ init }) => init],
  ['shell', '  shell, proportional share of shared pages', ({ shell }) => shell],
  ['kernel', '  kernel memory charged to it', ({ kernel }) => kernel],
  ['own', 'Pages of its processes that nobody else has', ({ own }) => own],
  ['charged', 'All that its control group is charged, file caches included', ({ charged }) => charged],
];

export const memory: Bench = {
  name: 'memory',
  async run({ count, progress, signal }) {
    using _inspector = anyInspectorPort();
    await using server = await BenchServer.start();
    await sleep(SETTLE_MS);
    const empty = await serverMemory(server, 0);
    // The one before has an open inspector now.
    await server.server.end('gateway');
    await server.server.run('gateway');
    await sleep(SETTLE_MS);

    const before = await hostMemory();
    await using terminals = new AsyncDisposableStack();
    const sandboxes = count(50);
    for (let n = 1; n <= sandboxes; n++) {
      signal.throwIfAborted();
      progress(`memory: ${n} of ${sandboxes}`);
      terminals.use(await atPrompt(server));
    }
    await sleep(SETTLE_MS);
    const during = await hostMemory();
    const each: SandboxMemory[] = [];
    for (const id of await server.sandboxes()) each.push(await sandboxMemory(server.cgroups, id));
    const full = await serverMemory(server, sandboxes);
    progress('memory: all destroyed');
    await terminals.disposeAsync();
    await server.empty();
    await sleep(SETTLE_MS);
    const taken = inUse(before, during, await hostMemory());

    const total = each.map(({ init, shell, kernel }) => (init + shell + kernel) / MB);
    return {
      name: 'memory',
      title: 'Memory',
      figures: [
        figure('sandbox-memory', 'Idle sandbox with one shell', 'MB', total, { target: { limit: 6, text: '≤ 6 MB' } }),
        ...PARTS.map(([name, what, of]) =>
          figure(
            `sandbox-memory-${name}`,
            what,
            'MB',
            each.map((one) => of(one) / MB),
          ),
        ),
        once('host-kernel', `Host: memory of the kernel’s own, ÷ ${sandboxes}`, taken.kernel / sandboxes),
        once('host-memory', `Host: memory no longer available, ÷ ${sandboxes}`, taken.available / sandboxes),
        ...empty,
        ...full,
      ],
      notes: [
        `${sandboxes} sandboxes at once, each with a connected terminal at its prompt, ${SETTLE_MS / 1000} s after the last. An idle sandbox is its processes' proportional set size (smaps_rollup: a page that n processes share counts 1/n) and the kernel memory charged to it.`,
        'The host’s figures are cross-checks, one measurement each: with the sandboxes, against the mean of before and after. In the kernel’s own are the mounts, loop devices and namespaces too, which no control group is charged. Available memory has the growth of the server and of this client in it, and whatever else went on here meanwhile: on a busy machine it says nothing. MB: a million bytes.',
      ],
    };
  },
};

async function serverMemory({ server }: BenchServer, sandboxes: number): Promise<Figure[]> {
  const at = `${sandboxes} sandboxes`;
  const gateway = await processMemory(server.pid('gateway'));
  const supervisor = await processMemory(server.pid('supervisor'));
  const heap = await usedHeap(server.pid('gateway'), join(server.config.run, 'gateway.log'));
  return [
    once(`gateway-rss-${sandboxes}`, `Gateway, ${at}: resident`, gateway.rss),
    once(`gateway-heap-${sandboxes}`, `Gateway, ${at}: JavaScript heap in use`, heap),
    once(`supervisor-rss-${sandboxes}`, `Supervisor, ${at}: resident`, supervisor.rss),
  ];
}

function once(name: string, what: string, bytes: number): Figure {
  return figure(name, what, 'MB', [bytes / MB]);
}
