/** Running a program to its end. */
import { execFileSync, spawn } from 'node:child_process';

export interface Output {
  status: number | null;
  text: string;
}

export function output([program, ...args]: readonly string[]): Promise<Output> {
  return new Promise((resolve) => {
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.once('error', (error) => resolve({ status: null, text: error.message }));
    child.once('close', (status) => resolve({ status, text }));
  });
}

export async function succeed(command: readonly string[]): Promise<void> {
  const { status, text } = await output(command);
  if (status !== 0) throw new Error(`${command.join(' ')}: status ${status}: ${text}`);
}

/** The first line of what a program says: its version, most often. */
export function firstLine(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n', 1)[0]!;
}
