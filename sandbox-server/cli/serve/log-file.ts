/** Keeps a process's log lines in a file, and shows warnings and worse on the terminal. */
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Two files of this size are kept: some days of a busy class. */
const LARGEST_BYTES = 16 * 2 ** 20;
/** pino's number for `warn`. */
export const WARN = 40;

/** `warning`: what of a line is shown, if anything. */
export function createLogFile(
  path: string,
  show: (text: string) => void,
  warning: (line: string) => string | undefined = warningOf,
): (line: string) => void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  let size = existsSync(path) ? statSync(path).size : 0;
  return (line) => {
    try {
      if (size > LARGEST_BYTES) {
        renameSync(path, `${path}.1`);
        size = 0;
      }
      appendFileSync(path, `${line}\n`, { mode: 0o640 });
      size += line.length + 1;
    } catch {
      // A full disk must not end the server; what matters is shown below.
    }
    const shown = warning(line);
    if (shown) show(shown);
  };
}

/** A line that is not one of pino's comes from Node or a library, and says that something is wrong. */
export function warningOf(line: string): string | undefined {
  const entry = parseEntry(line);
  if (!entry) return line;
  if (entry.level < WARN) return undefined;
  return [entry.msg, entry.err?.message].filter(Boolean).join(': ');
}

/**
 * For docker-registry's lines, `time=… level=error msg="…" key=value…`. It calls each request that it refuses an error: an
 * image that it does not have is none of the operator's business, a store that it cannot write to is.
 */
export function registryWarningOf(line: string): string | undefined {
  const status = /\bhttp\.response\.status=(\d+)/.exec(line)?.[1];
  if (status !== undefined && Number(status) < 500) return undefined;
  return line;
}

function parseEntry(line: string): { level: number; msg?: string; err?: { message?: string } } | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry === 'object' && entry !== null && 'level' in entry) return entry as { level: number };
  } catch {
    // Not JSON: shown as it is.
  }
  return undefined;
}
