/** The log of a server that systemd runs: its journal keeps what the units print. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { Failure } from '../plain/report.mjs';
import { UNIT_FOLDER } from '../serve/units.ts';
import { readEntry } from './log-entry.ts';
import type { LogLine } from './log-files.ts';
import type { Level } from './log-level.ts';

/** What is said of units by systemd itself comes along. */
const UNITS = [
  'slipway.service',
  'slipway-supervisor.service',
  'slipway-registry@*.service',
  'slipway-prepare.service',
];

/** One object a line of `journalctl -o json`. What is no text is a list of bytes. */
const journalEntry = z.object({
  MESSAGE: z
    .union([z.string(), z.array(z.number()).transform((bytes) => Buffer.from(bytes).toString('utf8'))])
    .catch(''),
  /** Microseconds. */
  __REALTIME_TIMESTAMP: z.string(),
  __CURSOR: z.string(),
  PRIORITY: z.string().optional(),
  _SYSTEMD_UNIT: z.string().optional(),
  _TRANSPORT: z.string().optional(),
});

/** syslog's 0 to 7. */
const PRIORITIES: readonly Level[] = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'];

/** Whether the units that are installed are those of the server with this folder. */
export function hasUnits(run: string): boolean {
  const unit = join(UNIT_FOLDER, 'slipway.service');
  return existsSync(unit) && readFileSync(unit, 'utf8').includes(` ${join(run, 'config.json')}\n`);
}

/** Undefined: not an entry. */
export function readJournal(line: string): (LogLine & { cursor: string }) | undefined {
  const read = journalEntry.safeParse(parsed(line)).data;
  if (!read) return undefined;
  const { MESSAGE: raw, __REALTIME_TIMESTAMP: time, __CURSOR: cursor, PRIORITY, _SYSTEMD_UNIT, _TRANSPORT } = read;
  const name = (_SYSTEMD_UNIT ?? 'systemd').replace(/^slipway-|\.service$/g, '');
  // What a process of ours prints that is no entry comes from Node or a library, and says that something is wrong.
  const level = _TRANSPORT === 'stdout' ? 'warn' : (PRIORITIES[Number(PRIORITY ?? 6)] ?? 'info');
  const entry = readEntry(raw, name, level);
  return { raw, cursor, entry: { ...entry, time: entry.time ?? Number(time) / 1000 } };
}

/** Calls `line` for each entry; resolves when journalctl has ended. */
export async function readUnits(
  { since, after, follow = false }: { since?: number; after?: string; follow?: boolean },
  line: (line: LogLine & { cursor: string }) => void,
): Promise<void> {
  const args = ['--output=json', '--all', '--no-pager', '--quiet', ...UNITS.map((unit) => `--unit=${unit}`)];
  if (since !== undefined) args.push(`--since=@${Math.floor(since / 1000)}`);
  if (after !== undefined) args.push(`--after-cursor=${after}`);
  if (follow) args.push('--follow', '--lines=all');
  const child = spawn('journalctl', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close').catch((error: Error) => {
    throw new Failure({
      what: 'journalctl could not be run.',
      why: error.message,
      mend: 'The log is systemd’s to show.',
    });
  });
  createInterface({ input: child.stdout }).on('line', (text) => {
    const read = readJournal(text);
    if (read) line(read);
  });
  await ended;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
