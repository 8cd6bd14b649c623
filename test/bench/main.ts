/** Measures a server of its own and prints what it found: `npm run bench`. */
import { writeFileSync } from 'node:fs';
import { readArguments } from './arguments.ts';
import type { Bench, BenchContext } from './bench.ts';
import type { Section } from './figure.ts';
import { echo } from './figures/echo.ts';
import { flood } from './figures/flood.ts';
import { memory } from './figures/memory.ts';
import { start } from './figures/start.ts';
import { throughput } from './figures/throughput.ts';
import { machineText, sectionText } from './table.ts';
import { describeMachine } from './machine.ts';

const BENCHES: Bench[] = [start, echo, throughput, memory, flood];
const QUICK = { divisor: 10, least: 5 };

const { json, only, quick } = readArguments(
  process.argv.slice(2),
  BENCHES.map(({ name }) => name),
);
const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('ended by Ctrl-C')));

const context: BenchContext = {
  count: (full) => (quick ? Math.max(QUICK.least, Math.round(full / QUICK.divisor)) : full),
  progress: (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
  },
  signal: abort.signal,
};

const machine = await describeMachine();
process.stdout.write(`${machineText(machine)}\n`);
if (quick) process.stdout.write('A quick look: a tenth of the measurements.\n');
const sections: Section[] = [];
for (const bench of BENCHES.filter(({ name }) => only.length === 0 || only.includes(name))) {
  const section = await bench.run(context);
  context.progress('');
  sections.push(section);
  process.stdout.write(sectionText(section));
}
if (json !== undefined)
  writeFileSync(json, `${JSON.stringify({ when: new Date().toISOString(), quick, machine, sections }, null, 2)}\n`);
