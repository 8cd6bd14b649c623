/** Measures a server of its own and prints what it found: `npm run bench`. */
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { readArguments, WrongArguments, type Arguments } from './arguments.ts';
import type { Bench, BenchContext } from './bench.ts';
import type { Section } from './figure.ts';
import { bombs } from './figures/bombs.ts';
import { build } from './figures/build.ts';
import { check } from './figures/check.ts';
import { desk } from './figures/desk.ts';
import { echo } from './figures/echo.ts';
import { engine } from './figures/engine.ts';
import { flood } from './figures/flood.ts';
import { floods } from './figures/floods.ts';
import { lessonCheck } from './figures/lesson-check.ts';
import { liveFigure } from './figures/live-figure.ts';
import { memory } from './figures/memory.ts';
import { pageWeight } from './figures/page-weight.ts';
import { pool } from './figures/pool.ts';
import { reset } from './figures/reset.ts';
import { comeBack } from './figures/return.ts';
import { start } from './figures/start.ts';
import { throughput } from './figures/throughput.ts';
import { machineText, sectionText } from './table.ts';
import { describeMachine } from './machine.ts';

const BENCHES: Bench[] = [
  start,
  pool,
  echo,
  throughput,
  memory,
  flood,
  floods,
  bombs,
  engine,
  comeBack,
  reset,
  check,
  lessonCheck,
  liveFigure,
  build,
  desk,
  pageWeight,
];
const QUICK = { divisor: 10, least: 5 };

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  try {
    await measure(
      readArguments(
        argv,
        BENCHES.map(({ name }) => name),
      ),
      abort.signal,
    );
    return 0;
  } catch (error) {
    if (error instanceof WrongArguments) process.stderr.write(`${error.message}\n`);
    else if (abort.signal.aborted) process.stderr.write('\nEnded by Ctrl-C; nothing is left behind.\n');
    else throw error;
    return 2;
  }
}

async function measure({ json, only, quick }: Arguments, signal: AbortSignal): Promise<void> {
  const context: BenchContext = {
    count: (full) => (quick ? Math.max(QUICK.least, Math.round(full / QUICK.divisor)) : full),
    progress: (text) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
    },
    signal,
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
  const loadAfter = Number(loadavg()[0]!.toFixed(2));
  process.stdout.write(`Load after the run: ${loadAfter}\n`);
  const result = { when: new Date().toISOString(), quick, machine, loadAfter, sections };
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, rounded, 2)}\n`);
}

/** A tenth of a microsecond, of a kilobyte a second: below is noise. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(4)) : value;
}
