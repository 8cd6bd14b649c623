/** Small ways to ask this host something. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A program that hangs must not hang the doctor. */
const PATIENCE_MS = 10_000;

export interface Outcome {
  ok: boolean;
  output: string;
}

export function tryProgram(program: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: PATIENCE_MS, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: (stdout || stderr || error?.message || '').trim() });
    });
  });
}

/** The file's text without the space around it; undefined where it cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function sizeText(bytes: number): string {
  const step = Math.min(UNITS.length - 1, bytes > 0 ? Math.floor(Math.log2(bytes) / 10) : 0);
  const amount = bytes / 1024 ** step;
  return `${amount >= 10 || step === 0 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[step]}`;
}
