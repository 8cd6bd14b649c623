/** Runs the command line on a pseudo-terminal, as a person does. */
import { spawn } from 'node:child_process';
import { MAIN, type Ended } from './slipway.ts';

interface OnTerminal {
  columns?: number;
  /** Keys that are typed once it has printed this. */
  until?: RegExp;
  keys?: string;
}

export async function onTerminal(
  args: readonly string[],
  { columns = 80, until = /$/, keys = '' }: OnTerminal = {},
): Promise<Ended> {
  const quoted = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
  // script ends its program when its own input ends: that stays open until the program has ended.
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 24 -echo; exec ${quoted}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color' },
  });
  let output = '';
  let typed = false;
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    if (typed || keys === '' || !until.test(output)) return;
    typed = true;
    child.stdin.write(keys);
  });
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, output })));
}
