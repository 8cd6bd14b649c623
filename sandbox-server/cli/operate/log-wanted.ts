/** Which lines of the log an operator wants. */
import { ConfigProblem } from '../../config.ts';
import { duration } from '../../config/values.ts';
import { idsOf, type LogEntry } from './log-entry.ts';
import { isLevel, LEVELS } from './log-level.ts';

export interface Wanted {
  /** The start of an id that the line names. */
  id?: string;
  since?: number;
  level?: number;
  /** At most so many, the newest. */
  lines: number;
}

/** Where nothing else is said, in lines: some screens. */
const USUAL_LINES = 200;

/** Fewer letters are in lines by chance. */
const ID = /^[A-Za-z0-9_-]{4,64}$/;

export function readWanted(id: string | undefined, options: ReadonlyMap<string, string>, now: Date): Wanted {
  if (id !== undefined && !ID.test(id)) {
    throw new ConfigProblem(
      `"${id}" cannot be an id: at least 4 letters and digits of a sandbox's, as \`slipway ps\` shows it, or of a reference that a learner was shown.`,
    );
  }
  const [since, level, lines] = [options.get('--since'), options.get('--level'), options.get('--lines')];
  if (level !== undefined && !isLevel(level)) {
    throw new ConfigProblem(`--level: "${level}" cannot be used. Allowed: ${Object.keys(LEVELS).join(', ')}.`);
  }
  if (lines !== undefined && lines !== 'all' && !/^[1-9]\d{0,8}$/.test(lines)) {
    throw new ConfigProblem(`--lines: "${lines}" cannot be used. Allowed: a whole number, or all.`);
  }
  const bounded = lines === undefined ? id === undefined && since === undefined : lines !== 'all';
  return {
    ...(id !== undefined && { id }),
    ...(since !== undefined && { since: timeOf(since, now) }),
    ...(level !== undefined && { level: LEVELS[level] }),
    lines: bounded ? Number(lines ?? USUAL_LINES) : Infinity,
  };
}

export function isWanted(entry: LogEntry, { id, since, level }: Wanted): boolean {
  if (level !== undefined && entry.level < level) return false;
  if (since !== undefined && (entry.time ?? Infinity) < since) return false;
  return id === undefined || idsOf(entry).some((named) => named.startsWith(id));
}

/** `15min` before now; the last `10:30`; a date, with or without a time, on this machine's clock. */
function timeOf(text: string, now: Date): number {
  const ago = duration('s').schema.safeParse(text);
  if (ago.success && !/^\d+$/.test(text)) return now.getTime() - ago.data;
  const clock = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
  if (clock) {
    const [hour, minute, second] = clock.slice(1).map((part) => Number(part ?? 0)) as [number, number, number];
    const time = new Date(now);
    time.setHours(hour, minute, second, 0);
    if (hour < 24 && minute < 60 && second < 60) {
      if (time > now) time.setDate(time.getDate() - 1);
      return time.getTime();
    }
  }
  const date = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text;
  const time = /^\d{4}-\d\d-\d\d[T ]/.test(date) ? Date.parse(date.replace(' ', 'T')) : NaN;
  if (!Number.isNaN(time)) return time;
  throw new ConfigProblem(
    `--since: "${text}" is no time. Allowed: 15min, 2h or 3d ago; 10:30; 2026-01-31; "2026-01-31 10:30".`,
  );
}
