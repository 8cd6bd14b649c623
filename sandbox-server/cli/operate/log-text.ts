/** A line of the log as an operator reads it. */
import type { LogEntry } from './log-entry.ts';
import { type Level, levelName } from './log-level.ts';
import { harmless } from './table.ts';

const COLOURS: Record<Level, string> = { trace: '2', debug: '2', info: '32', warn: '33', error: '31', fatal: '1;31' };

/** `supervisor` has ten letters. */
const NAME_WIDTH = 10;

/** One line, and those of an error below it. */
export function entryText(
  { time, level, name, text, fields }: LogEntry,
  paint: (code: string, text: string) => string,
): string {
  const { err, ...others } = fields;
  const word = levelName(level);
  const pairs = Object.entries(others).map(([key, value]) => paint('2', `${harmless(key)}=${valueText(value)}`));
  const start = [
    paint('2', time === undefined ? ' '.repeat(23) : localTime(time)),
    paint(COLOURS[word], word.toUpperCase().padEnd(5)),
    harmless(name).padEnd(NAME_WIDTH),
  ];
  const first = [...start, harmless(text), ...pairs].join(' ').trimEnd();
  return [first, ...errorLines(err).map((line) => `    ${line}`)].join('\n');
}

/** `2026-01-31 23:59:59.999`, on this machine's clock. */
function localTime(time: number): string {
  const date = new Date(time);
  const of = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const day = `${date.getFullYear()}-${of(date.getMonth() + 1)}-${of(date.getDate())}`;
  return `${day} ${of(date.getHours())}:${of(date.getMinutes())}:${of(date.getSeconds())}.${of(date.getMilliseconds(), 3)}`;
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return harmless(text);
}

function errorLines(err: unknown): string[] {
  if (typeof err !== 'object' || err === null) return err === undefined ? [] : [valueText(err)];
  const { type, message, stack, code } = err as Record<string, unknown>;
  const said = typeof stack === 'string' ? stack : `${String(type ?? 'Error')}: ${String(message)}`;
  const lines = said.split('\n').map((line) => harmless(line.trim()));
  return code === undefined ? lines : [`${lines[0]} (${valueText(code)})`, ...lines.slice(1)];
}
