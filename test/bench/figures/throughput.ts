/** Throughput: how fast output reaches a client that parses it, and what of that is the parser's own speed. */
import type { Bench } from '../bench.ts';
import { newEmulator, written, type Emulator } from '../client/emulator.ts';
import { atPrompt } from '../client/prompt.ts';
import type { TerminalClient } from '../client/terminal.ts';
import { figure, spread, type Figure } from '../figure.ts';
import { BenchServer } from '../host/server.ts';
import { asPrinted, sampleText, type Sample } from '../sample.ts';

const SIZE = { columns: 120, rows: 30 };
const SAMPLES: Record<Sample, string> = {
  mixed: 'Lines to 150 letters, colours, UTF-8',
  plain: 'Lines to 150 letters, ASCII',
  short: 'Lines of one letter, as `yes` prints',
};

/** Copies of a sample (1 MiB) that one measurement prints: a second or two of parsing. */
const COPIES = 20;

/** What one read of a stream gives in Node at most. */
const PIECE_BYTES = 64 * 1024;

/** Printed by another command line than its own echo, so that it is seen once. */
const END = 'end-of-output';
const PRINT = `cat /tmp/big; printf 'end-%s-output\\n' of\n`;

interface Path {
  /** Parses what it gets. */
  parsing: TerminalClient;
  /** Drops what it gets, at once acknowledged. */
  dropping: TerminalClient;
  emulator: Emulator;
  sandboxes: [parsing: string, dropping: string];
}

export const throughput: Bench = {
  name: 'throughput',
  async run({ count, progress, signal }) {
    await using server = await BenchServer.start();
    const emulator = newEmulator(SIZE);
    await using parsing = await atPrompt(server, { ...SIZE, take: (bytes, taken) => emulator.write(bytes, taken) });
    const [first] = await server.sandboxes();
    await using dropping = await atPrompt(server, SIZE);
    const second = (await server.sandboxes()).find((id) => id !== first);
    const path: Path = { parsing, dropping, emulator, sandboxes: [first!, second!] };
    const figures: Figure[] = [];
    for (const kind of Object.keys(SAMPLES) as Sample[]) {
      figures.push(
        ...(await measure(server, path, kind, count(10), (round) => {
          signal.throwIfAborted();
          progress(`throughput: ${kind}, round ${round}`);
        })),
      );
    }
    return {
      name: 'throughput',
      title: 'Throughput of a terminal',
      figures,
      notes: [
        `Each measurement prints ${COPIES} MiB with cat. "Parsed": from Enter until xterm (headless, the page's scrollback) has parsed the last byte, acknowledging as the page does. "Parser alone": the same bytes from memory in pieces of 64 KiB, in the same process: the ceiling. "Unparsed": dropped on arrival. The three take turns.`,
        'Counted in the bytes that the terminal gives out, of which a carriage return per line is the kernel’s. MB: a million bytes.',
      ],
    };
  },
};

async function measure(
  server: BenchServer,
  path: Path,
  kind: Sample,
  rounds: number,
  onRound: (round: number) => void,
): Promise<Figure[]> {
  const sample = sampleText(kind);
  const copies = Array.from({ length: COPIES }, () => '/tmp/sample').join(' ');
  for (const id of path.sandboxes) await server.script(id, `cat > /tmp/sample && cat ${copies} > /tmp/big`, sample);
  const printed = asPrinted(sample);
  const parsed: number[] = [];
  const alone: number[] = [];
  const dropped: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    onRound(round);
    parsed.push(await printOnce(path.parsing, () => written(path.emulator)));
    alone.push(await parseAlone(path.emulator, printed));
    dropped.push(await printOnce(path.dropping));
  }
  const better = { better: 'more' } as const;
  const target = kind === 'mixed' ? { target: { limit: 25, text: '≥ 25 MB/s' } } : {};
  const [through, ceiling] = [spread(parsed, 'more'), spread(alone, 'more')];
  const share = {
    n: rounds,
    p50: through.p50 / ceiling.p50,
    p95: through.p95 / ceiling.p95,
    p99: through.p99 / ceiling.p99,
  };
  return [
    figure(`throughput-${kind}`, `${SAMPLES[kind]}: parsed`, 'MB/s', through, { ...better, ...target }),
    figure(`parser-${kind}`, '  parser alone', 'MB/s', ceiling, better),
    figure(`throughput-over-parser-${kind}`, '  parsed over parser alone', '×', share, better),
    figure(`throughput-unparsed-${kind}`, '  unparsed', 'MB/s', dropped, better),
  ];
}

/** Megabytes a second from Enter until `settled` after the last byte. */
async function printOnce(terminal: TerminalClient, settled: () => Promise<void> = async () => {}): Promise<number> {
  const before = terminal.received;
  const seen = terminal.sees(END);
  const began = performance.now();
  terminal.type(PRINT);
  await seen;
  await settled();
  return (terminal.received - before) / 1000 / (performance.now() - began);
}

/** Megabytes a second from memory. */
async function parseAlone(emulator: Emulator, printed: Buffer): Promise<number> {
  const began = performance.now();
  for (let copy = 0; copy < COPIES; copy++) {
    for (let at = 0; at < printed.length; at += PIECE_BYTES) emulator.write(printed.subarray(at, at + PIECE_BYTES));
  }
  await written(emulator);
  return (COPIES * printed.length) / 1000 / (performance.now() - began);
}
