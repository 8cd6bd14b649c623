/** Running one of the host's tools to its end. */
import { spawn } from 'node:child_process';

export interface ToolResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** What is kept of a tool's output, in characters: a tool that floods must not fill the supervisor's memory. */
const MAX_OUTPUT = 64 * 1024;

/**
 * Runs a program with nothing of our environment but a PATH. Never rejects: a program that cannot be executed has status
 * null and says why in `stderr`. `timeoutMs` kills it.
 */
export function runTool(path: string, args: string[], input = '', timeoutMs = 30_000): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
      // Not in our process group: a Ctrl-C in the operator's terminal must not reach a sandbox that is being made.
      detached: true,
    });
    // The whole group: a runtime that hangs is a child of the tool that was called.
    const timer = setTimeout(() => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It has just ended by itself.
      }
    }, timeoutMs);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(0, MAX_OUTPUT)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(0, MAX_OUTPUT)));
    child.stdin.on('error', () => {}); // it ended without reading: its status tells
    const end = (result: ToolResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    child.once('error', (error) => end({ status: null, stdout, stderr: error.message }));
    child.once('close', (status) => end({ status, stdout, stderr }));
    child.stdin.end(input);
  });
}
