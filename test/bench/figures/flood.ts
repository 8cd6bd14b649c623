/** Flood: Ctrl-C while `yes` prints as fast as it is let, and the server's memory meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { newEmulator, written } from '../client/emulator.ts';
import { atPrompt } from '../client/prompt.ts';
import { PROMPT } from '../client/terminal.ts';
import { figure, type Figure } from '../figure.ts';
import { processMemory } from '../host/process-memory.ts';
import { BenchServer } from '../host/server.ts';

const SIZE = { columns: 120, rows: 30 };
const CTRL_C = '\u0003';
/** After it every buffer on the way is full. */
const FLOOD_MS = 500;
/** The gateway's heap reaches its size under load within twenty seconds: growth is looked for after that. */
const WATCH_MS = 60_000;
const SAMPLE_MS = 500;
const MB = 1_000_000;

export const flood: Bench = {
  name: 'flood',
  async run({ count, progress, signal }) {
    await using server = await BenchServer.start();
    const emulator = newEmulator(SIZE);
    await using terminal = await atPrompt(server, { ...SIZE, take: (bytes, taken) => emulator.write(bytes, taken) });
    const received: number[] = [];
    const shown: number[] = [];
    const rounds = count(50);
    for (let round = 1; round <= rounds; round++) {
      signal.throwIfAborted();
      progress(`flood: ${round} of ${rounds}`);
      terminal.type('yes\n');
      await sleep(FLOOD_MS);
      const prompt = terminal.sees(PROMPT);
      const began = performance.now();
      terminal.type(CTRL_C);
      received.push((await prompt) - began);
      await written(emulator);
      shown.push(performance.now() - began);
    }

    progress('flood: memory');
    terminal.type('yes\n');
    await sleep(FLOOD_MS);
    const [id] = await server.sandboxes();
    const processes = await server.cgroups.processes(id!);
    const init = Math.min(...processes); // the runtime made it before all others
    const growth = await watch({ gateway: server.server.pid('gateway'), init }, count(WATCH_MS), signal);
    return {
      name: 'flood',
      title: 'Ctrl-C under `yes`',
      figures: [
        figure('interrupt-shown', 'Ctrl-C → prompt parsed by the client', 'ms', shown),
        figure('interrupt-received', '  prompt received', 'ms', received),
        ...growth,
      ],
      notes: [
        `yes prints for ${FLOOD_MS} ms into a client that parses it, then Ctrl-C; from its send until the prompt was parsed, behind all that was under way. Then yes prints for ${count(WATCH_MS) / 1000} s, and every ${SAMPLE_MS} ms the memory of gateway and init is looked at.`,
      ],
    };
  },
};

/** Resident memory of each process over time. */
async function watch(pids: { gateway: number; init: number }, ms: number, signal: AbortSignal): Promise<Figure[]> {
  const seen = { gateway: [] as number[], init: [] as number[] };
  for (const until = Date.now() + ms; Date.now() < until; await sleep(SAMPLE_MS)) {
    signal.throwIfAborted();
    for (const name of ['gateway', 'init'] as const) seen[name].push((await processMemory(pids[name])).rss / MB);
  }
  return Object.entries(seen).flatMap(([name, values]) => [
    figure(`flood-rss-${name}`, `Memory of ${name} meanwhile: resident`, 'MB', values),
    figure(`flood-growth-${name}`, '  grown from the second quarter to the last', 'MB', [
      quarter(values, 3) - quarter(values, 1),
    ]),
  ]);
}

/** Mean of a quarter of what was seen; 0 is the first. */
function quarter(values: readonly number[], index: number): number {
  const part = values.slice((index * values.length) / 4, ((index + 1) * values.length) / 4);
  return part.reduce((sum, value) => sum + value, 0) / part.length;
}
