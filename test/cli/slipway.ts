/** Runs the command line as its users do, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export const MAIN = join(import.meta.dirname, '../../sandbox-server/cli/main.ts');

export interface Ended {
  status: number | null;
  output: string;
}

export class Slipway {
  output = '';
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;

  constructor(args: readonly string[], { command = [process.execPath, MAIN], env = {} } = {}) {
    const [program, ...first] = command as [string, ...string[]];
    this.child = spawn(program, [...first, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...env },
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (bytes: Buffer) => {
        this.output += bytes.toString();
      });
    }
    this.ended = new Promise((resolve) => {
      this.child.on('close', (status) => resolve({ status, output: this.output }));
    });
  }

  /** The first match of the pattern in what it prints. Rejects where it ends without one. */
  async prints(pattern: RegExp): Promise<string> {
    const ended = this.ended.then(() => {
      if (!pattern.test(this.output)) throw new Error(`ended without ${pattern}:\n${this.output}`);
    });
    while (!pattern.test(this.output)) {
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    return pattern.exec(this.output)![0];
  }
}

export const slipway = (...args: string[]): Promise<Ended> => new Slipway(args).ended;
