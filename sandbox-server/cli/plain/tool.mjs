// Runs a program to its end and keeps the last lines of what it printed, for the case that it fails.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { Failure } from './report.mjs';

const KEPT_LINES = 12;

export async function runTool(
  command,
  args,
  { onLine, keep = () => true, failed, mend, statusFd = false, ...options } = {},
) {
  const stdio = ['ignore', 'pipe', 'pipe', ...(statusFd ? ['pipe'] : [])];
  const child = spawn(command, args, { ...options, stdio });
  const last = [];
  for (const stream of child.stdio.slice(1)) {
    createInterface({ input: stream }).on('line', (line) => {
      onLine?.(line);
      if (stream === child.stdio[3] || !line.trim() || !keep(line)) return;
      last.push(line);
      if (last.length > KEPT_LINES) last.shift();
    });
  }
  const ended = await new Promise((resolve) => {
    child.on('error', (error) => resolve(`${command}: ${error.message}`));
    child.on('close', (status, signal) => resolve(status === 0 ? undefined : `exit ${status ?? signal}`));
  });
  if (ended === undefined) return;
  throw new Failure({ what: failed ?? `${command} failed (${ended}).`, why: last.join('\n') || ended, mend });
}
