/**
 * The server's own log, readable: of files where `start` runs the server, of the journal where systemd does. It does not
 * ask the server, which may have ended: that is when its log is wanted most.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Command, CommandContext } from '../command.ts';
import { hasUnits, readUnits } from '../operate/journal.ts';
import { idsOf } from '../operate/log-entry.ts';
import { LogFiles, type LogLine } from '../operate/log-files.ts';
import { entryText } from '../operate/log-text.ts';
import { isWanted, readWanted, type Wanted } from '../operate/log-wanted.ts';
import { endWithReader, print } from '../operate/output.ts';
import { createReport, Failure } from '../plain/report.mjs';

export const command: Command = {
  name: 'logs',
  summary: 'Shows the server’s log; with an ID, the lines about that sandbox or request.',
  takes: '[ID]',
  options: {
    '--since': { value: 'TIME', doc: '15min, 2h or 3d ago; 10:30; 2026-01-31; "2026-01-31 10:30".' },
    '--level': { value: 'LEVEL', doc: 'At least: debug, info, warn, error, fatal.' },
    '--lines': { value: 'N', doc: 'At most the newest N, or all. 200 where there is neither ID nor --since.' },
  },
  flags: {
    '--follow': 'Go on with what is written from now on, until Ctrl-C.',
    '--json': 'The lines as the server wrote them: JSON, for jq.',
  },
  run: logs,
};

const LOOK_MS = 250;

async function logs(context: CommandContext): Promise<number> {
  const { args, options, flags, settings, report } = context;
  const wanted = readWanted(args[0], options, new Date());
  endWithReader();
  const { paint } = createReport(process.stdout);
  const show = (lines: readonly LogLine[]) =>
    print(lines.map(({ raw, entry }) => (flags.has('--json') ? jsonOf(raw, entry) : entryText(entry, paint))));
  const source = hasUnits(settings.run) ? fromJournal : fromFiles;
  const { lines, more, follow } = await source(wanted, context);
  refuseUnclear(lines, wanted);
  show(lines);
  if (more) report.note(paint('2', `There are older lines: --lines all.`));
  if (flags.has('--follow')) await follow(show);
  else if (lines.length === 0) return nothing(wanted, report.note);
  return 0;
}

interface Source {
  lines: LogLine[];
  /** There were older ones. */
  more: boolean;
  /** Goes on for ever. */
  follow: (show: (lines: readonly LogLine[]) => void) => Promise<void>;
}

function fromFiles(wanted: Wanted, context: CommandContext): Source {
  const files = new LogFiles(join(dataOf(context), 'log'));
  const isOne = (entry: LogLine['entry']) => isWanted(entry, wanted);
  // One more tells that there are more.
  const lines = files.news(isOne, wanted.lines + 1);
  return {
    lines: lines.slice(-wanted.lines),
    more: lines.length > wanted.lines,
    follow: async (show) => {
      for (;;) {
        await sleep(LOOK_MS);
        show(files.news(isOne, Infinity));
      }
    },
  };
}

async function fromJournal(wanted: Wanted): Promise<Source> {
  const lines: LogLine[] = [];
  let after: string | undefined;
  await readUnits(wanted, (line) => {
    after = line.cursor;
    if (isWanted(line.entry, wanted)) lines.push(line);
    if (lines.length > 2 * wanted.lines + 1) lines.splice(0, lines.length - wanted.lines - 1);
  });
  return {
    lines: lines.slice(-wanted.lines),
    more: lines.length > wanted.lines,
    follow: (show) =>
      readUnits({ ...(after !== undefined && { after }), follow: true }, (line) => {
        if (isWanted(line.entry, wanted)) show([line]);
      }),
  };
}

/** Of the server that has the run folder, where it is not named: what it wrote there says which data it has. */
function dataOf({ settings, given }: CommandContext): string {
  const config = join(settings.run, 'config.json');
  const named = given.some((argument) => /^--(?:data|config)\b/.test(argument));
  if (named || process.env['SLIPWAY_DATA'] || !existsSync(config)) return settings.data;
  try {
    return z.object({ data: z.string() }).parse(JSON.parse(readFileSync(config, 'utf8'))).data;
  } catch {
    return settings.data;
  }
}

/** Half an id that is two ids' would mix what has nothing to do with each other. */
function refuseUnclear(lines: readonly LogLine[], { id }: Wanted): void {
  if (id === undefined) return;
  const meant = new Set(lines.flatMap(({ entry }) => idsOf(entry)).filter((each) => each.startsWith(id)));
  if (meant.size <= 1) return;
  throw new Failure({
    what: `"${id}" could be ${meant.size} ids.`,
    why: [...meant].join('\n'),
    mend: 'Give more letters of the one that you mean.',
  });
}

function nothing({ id, since, level }: Wanted, note: (text: string) => void): number {
  const narrowed = since !== undefined || level !== undefined;
  note(`No line of the log${id === undefined ? '' : ` names "${id}"`}${narrowed ? ' of that time and level' : ''}.`);
  return id === undefined ? 0 : 1;
}

function jsonOf(raw: string, { time, level, name, text }: LogLine['entry']): string {
  return raw.startsWith('{') ? raw : JSON.stringify({ level, time, name, msg: text });
}
