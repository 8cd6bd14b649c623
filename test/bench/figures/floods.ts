/** Floods: what the gateway's memory is while many terminals print all that they can, into pages of every kind. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchContext } from '../bench.ts';
import { atPrompt } from '../client/prompt.ts';
import { PROMPT, type TerminalClient, type TerminalOptions } from '../client/terminal.ts';
import { figure, type Figure } from '../figure.ts';
import { processMemory } from '../host/process-memory.ts';
import { BenchServer } from '../host/server.ts';

const TERMINALS = 12;
const FLOOD_MS = 8000;
const SAMPLE_MS = 250;
const MB = 1_000_000;
const CTRL_C = '\u0003';

/** What each page does with what it gets. There are as many of each. */
const PAGES: Record<string, TerminalOptions> = {
  fast: {},
  /** Takes its time over each message, as one does that draws on a slow machine. */
  slow: { take: (_bytes, taken) => setTimeout(taken, 100) },
  /** Is hidden by its learner as soon as it floods. */
  hidden: {},
  /** Never says that it has taken anything, so that it is detached. */
  stuck: { take: () => undefined },
};

const FLOODS: { name: string; what: string; command: string; resizes?: true }[] = [
  { name: 'yes', what: '`yes`', command: 'yes' },
  { name: 'random', what: '/dev/urandom', command: 'cat /dev/urandom' },
  { name: 'line', what: 'one line of 1 GB', command: `head -c 1G /dev/zero | tr '\\0' x` },
  {
    name: 'title',
    what: 'titles of 50 MB',
    command: `while :; do printf '\\033]0;'; head -c 50M /dev/zero | tr '\\0' t; printf '\\007'; done`,
  },
  { name: 'resize', what: '`yes` and 1,000 resizes a second', command: 'yes', resizes: true },
];

export const floods: Bench = {
  name: 'floods',
  async run(context) {
    const figures: Figure[] = [];
    for (const flood of FLOODS) {
      context.signal.throwIfAborted();
      figures.push(...(await underFlood(flood, context)));
    }
    return {
      name: 'floods',
      title: `${TERMINALS} terminals flood`,
      figures,
      notes: [
        `A server of its own for each flood. ${TERMINALS} learners; a quarter of their pages take what comes at once, a quarter slowly, a quarter are hidden while it lasts, and a quarter never say that they took anything. Growth: the gateway's highest resident memory during ${context.count(FLOOD_MS) / 1000} s of it, less what it had with all of them at their prompts, by the number of terminals; what it takes once, however many flood, is in it. Ctrl-C is pressed in the pages that take at once, one after the other, while all others flood on.`,
      ],
    };
  },
};

async function underFlood(
  { name, what, command, resizes }: (typeof FLOODS)[number],
  { count, progress, signal }: BenchContext,
): Promise<Figure[]> {
  await using server = await BenchServer.start();
  await using open = new AsyncDisposableStack();
  const kinds = Object.keys(PAGES);
  const pages: { kind: string; terminal: TerminalClient }[] = [];
  for (let n = 0; n < TERMINALS; n++) {
    const kind = kinds[n % kinds.length]!;
    pages.push({ kind, terminal: open.use(await atPrompt(server, PAGES[kind])) });
  }
  const of = (wanted: string) => pages.filter(({ kind }) => kind === wanted).map(({ terminal }) => terminal);
  await sleep(1000);
  const gateway = server.server.pid('gateway');
  const before = (await processMemory(gateway)).rss;
  progress(`floods: ${name}`);
  for (const { terminal } of pages) terminal.type(`${command}\n`);
  for (const terminal of of('hidden')) terminal.say({ type: 'hide' });
  const resizing = resizes ? resizeAll(pages.map(({ terminal }) => terminal)) : undefined;
  let most = before;
  const inits: number[] = [];
  for (const until = Date.now() + count(FLOOD_MS); Date.now() < until; await sleep(SAMPLE_MS)) {
    signal.throwIfAborted();
    most = Math.max(most, (await processMemory(gateway)).rss);
  }
  for (const id of await server.sandboxes()) {
    const init = Math.min(...(await server.cgroups.processes(id))); // the runtime made it before all others
    inits.push((await processMemory(init)).rss / MB);
  }
  const interrupted: number[] = [];
  for (const terminal of of('fast')) {
    const prompt = terminal.sees(PROMPT);
    const began = performance.now();
    terminal.type(CTRL_C);
    interrupted.push((await prompt) - began);
  }
  resizing?.[Symbol.dispose]();
  return [
    figure(
      `floods-${name}-gateway`,
      `${what}: gateway's growth, ÷ ${TERMINALS}`,
      'MB',
      [(most - before) / TERMINALS / MB],
      {
        target: { limit: 5, text: '≤ 5 MB' },
      },
    ),
    figure(`floods-${name}-init`, '  memory of each init', 'MB', inits, {
      target: { limit: 48, of: 'p95', text: '≤ 48 MB' },
    }),
    figure(`floods-${name}-interrupt`, '  Ctrl-C → prompt, among all the others', 'ms', interrupted, {
      target: { limit: 200, text: '≤ 200 ms' },
    }),
  ];
}

/** A thousand times a second in all, each terminal in its turn. */
function resizeAll(terminals: readonly TerminalClient[]): Disposable {
  let n = 0;
  const timer = setInterval(() => {
    for (let each = 0; each < 10; each++, n++) {
      terminals[n % terminals.length]!.say({ type: 'resize', columns: 40 + (n % 100), rows: 20 + (n % 30) });
    }
  }, 10);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
