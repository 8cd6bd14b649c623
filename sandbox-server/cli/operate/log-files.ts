/** The log of a server that `start` runs: files in `log/` of its data, read again and again as they grow. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../plain/report.mjs';
import { type LogEntry, readEntry } from './log-entry.ts';

export interface LogLine {
  raw: string;
  entry: LogEntry;
}

/** `gateway.log`, and what was put aside of it. */
const LOG_FILE = /^(?<process>[a-z-]+)\.log(?<aside>\.1)?$/;

interface Read {
  offset: number;
  /** Of a line that is not whole yet. */
  rest: Buffer;
  time: number | undefined;
}

export class LogFiles {
  private readonly folder: string;
  /** By the file's inode, and when that was made, for it may be another's later: what is put aside stays the same file. */
  private read = new Map<string, Read>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** What was written since the last call, in the order of time. `most`: of each process, the newest. */
  news(wanted: (entry: LogEntry) => boolean, most: number): LogLine[] {
    const before = this.read;
    this.read = new Map();
    const byProcess = new Map<string, LogLine[]>();
    for (const { name, process } of this.files()) {
      const lines = byProcess.get(process) ?? [];
      byProcess.set(process, lines);
      this.readOn(name, before, (raw, known) => {
        const entry = readEntry(raw, process);
        // What has no time belongs to what stands before it.
        known.time = entry.time ?? known.time;
        const timed = { ...entry, time: known.time };
        if (!wanted(timed)) return;
        lines.push({ raw, entry: timed });
        if (lines.length > 2 * most) lines.splice(0, lines.length - most);
      });
    }
    return [...byProcess.values()].flat().toSorted((a, b) => (a.entry.time ?? 0) - (b.entry.time ?? 0));
  }

  /** Of each process the older one first. */
  private files(): { name: string; process: string }[] {
    return namesIn(this.folder)
      .flatMap((name) => {
        const { process, aside } = LOG_FILE.exec(name)?.groups ?? {};
        return process === undefined ? [] : [{ name, process, old: aside !== undefined }];
      })
      .toSorted((a, b) => Number(b.old) - Number(a.old));
  }

  private readOn(name: string, before: ReadonlyMap<string, Read>, line: (raw: string, known: Read) => void): void {
    const file = opened(join(this.folder, name));
    if (file === undefined) return;
    try {
      const { ino, birthtimeMs, size } = fstatSync(file);
      const key = `${ino} ${birthtimeMs}`;
      const last = before.get(key);
      // A smaller one is another file: not every file system knows when one was made.
      const known = last && last.offset <= size ? last : { offset: 0, rest: Buffer.alloc(0), time: undefined };
      this.read.set(key, known);
      const bytes = Buffer.alloc(size - known.offset);
      const length = readSync(file, bytes, 0, bytes.length, known.offset);
      known.offset += length;
      const all = Buffer.concat([known.rest, bytes.subarray(0, length)]);
      const end = all.lastIndexOf('\n') + 1;
      known.rest = Buffer.from(all.subarray(end));
      for (const raw of all.toString('utf8', 0, end).split('\n')) if (raw !== '') line(raw, known);
    } finally {
      closeSync(file);
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new Failure({
      what: `The log in ${folder} cannot be read.`,
      why: (error as Error).message,
      mend:
        (error as NodeJS.ErrnoException).code === 'EACCES'
          ? 'Run it with sudo.'
          : 'A server writes it there once it was started. Name the folder of the one you mean with --data or --run.',
    });
  }
}

/** Undefined: it was put aside just now, and is found under its other name. */
function opened(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure({ what: `${path} cannot be read.`, why: (error as Error).message, mend: 'Run it with sudo.' });
  }
}
