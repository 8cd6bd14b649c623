/** One line of the server's log: what can be read of it, whoever wrote it. */
import { LEVELS, type Level } from './log-level.ts';

export interface LogEntry {
  /** In milliseconds since 1970; undefined: the line has none. */
  time: number | undefined;
  level: number;
  /** The process. */
  name: string;
  text: string;
  /** What else a line of pino's has. */
  fields: Readonly<Record<string, unknown>>;
}

/** Of pino's fields what is shown otherwise, or says nothing to whoever is on the machine. */
const SHOWN_OTHERWISE = new Set(['level', 'time', 'name', 'msg', 'pid', 'hostname', 'v']);

/** `name`: the process, where the line does not tell. */
export function readEntry(line: string, name: string, level: Level = 'warn'): LogEntry {
  return (
    ofPino(line) ?? ofRegistry(line, name) ?? { time: undefined, level: LEVELS[level], name, text: line, fields: {} }
  );
}

/** Ids that it names: of sandboxes, requests and what was left over. No line names a learner. */
export function idsOf({ fields }: LogEntry): string[] {
  const named = ['sandbox', 'id', 'request', 'arose'].map((key) => fields[key]);
  return named.filter((id) => typeof id === 'string');
}

function ofPino(line: string): LogEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    const { level, time, name, msg } = entry;
    if (typeof level !== 'number') return undefined;
    return {
      time: typeof time === 'number' ? time : undefined,
      level,
      name: typeof name === 'string' ? name : '',
      text: typeof msg === 'string' ? msg : '',
      fields: Object.fromEntries(Object.entries(entry).filter(([key]) => !SHOWN_OTHERWISE.has(key))),
    };
  } catch {
    return undefined;
  }
}

const REGISTRY_LEVELS: Record<string, Level> = { warning: 'warn', panic: 'fatal' };

/** docker-registry's `time="…" level=info msg="…" key=value…`. */
function ofRegistry(line: string, name: string): LogEntry | undefined {
  const [, time, word] = /^time="([^"]+)" level=(\w+) /.exec(line) ?? [];
  if (time === undefined || word === undefined) return undefined;
  const level = REGISTRY_LEVELS[word] ?? (Object.hasOwn(LEVELS, word) ? (word as Level) : 'info');
  const at = Date.parse(time);
  return {
    time: Number.isNaN(at) ? undefined : at,
    level: LEVELS[level],
    name,
    text: line.replace(/^time="[^"]+" level=\w+ /, ''),
    fields: {},
  };
}
