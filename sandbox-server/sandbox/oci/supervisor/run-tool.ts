/** Running one of the host's tools to its end. */
import { spawn } from 'node:child_process';
import { hostLack } from '../host-lack.ts';
import { watchForStall } from './stalled.ts';

export interface ToolResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** What is kept of a tool's output, in characters: a tool that floods must not fill the supervisor's memory. */
const MAX_OUTPUT = 64 * 1024;

/**
 * Runs a program with nothing of our environment but a PATH. Rejects only with a `DriverError` where the host has nothing
 * left to run it with: a program that cannot be executed has status null and says why in `stderr`. `timeoutMs`, the
 * signal, and standing still for `stalledMs` kill it.
 */
export function runTool(
  path: string,
  args: string[],
  input = '',
  timeoutMs = 30_000,
  signal?: AbortSignal,
  stalledMs?: number,
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
      // Not in our process group: a Ctrl-C in the operator's terminal must not reach a sandbox that is being made.
      detached: true,
    });
    // The whole group: a runtime that hangs is a child of the tool that was called.
    const end = () => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It has just ended by itself.
      }
    };
    const timer = setTimeout(end, timeoutMs);
    const stall = child.pid && stalledMs ? watchForStall(child.pid, stalledMs, end) : undefined;
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    let stdout = '';
    let stderr = '';
    child.once('error', (error) => {
      clearTimeout(timer);
      stall?.[Symbol.dispose]();
      const lack = hostLack(error);
      if (lack) reject(lack);
      else resolve({ status: null, stdout, stderr: error.message });
    });
    // Without a descriptor left there is neither a process nor a pipe to it, whatever the types say.
    if (!(child.stdin as unknown)) return;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(0, MAX_OUTPUT)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(0, MAX_OUTPUT)));
    child.stdin.on('error', () => {}); // it ended without reading: its status tells
    child.once('close', (status) => {
      clearTimeout(timer);
      stall?.[Symbol.dispose]();
      signal?.removeEventListener('abort', end);
      resolve({ status, stdout, stderr });
    });
    child.stdin.end(input);
  });
}
