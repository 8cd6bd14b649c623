/** What is killed at random: parts of the server, and what the supervisor is just running. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A random order that a failed run can be repeated with; of what happens meanwhile the machine decides. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/** How long is waited for the supervisor to call something. */
const WAIT_MS = 5000;

/** Of the programs that make, copy and remove, and their children: `mkfs.ext4` and such are over too soon to meet. */
const TOOLS = /^(launch|layer|runtime)$/;

/**
 * Signals a program that the supervisor has called, or the container runtime below it, so many milliseconds after it was
 * seen first. Resolves to its name, or undefined where none came in time or it was quicker.
 */
export async function signalCalled(
  supervisor: number,
  signal: NodeJS.Signals,
  { below, delayMs }: { below: boolean; delayMs: number },
): Promise<string | undefined> {
  for (const until = performance.now() + WAIT_MS; performance.now() < until; await sleep(1)) {
    for (const pid of childrenOf(supervisor)) {
      const [, name = ''] = argumentsOf(pid);
      if (!TOOLS.test(name)) continue;
      if (delayMs > 0) await sleep(delayMs);
      const runtime = below ? await childOf(pid) : undefined;
      const signalled = send(runtime ?? pid, signal);
      return signalled ? (runtime === undefined ? name : `${name}’s runtime`) : undefined;
    }
  }
  return undefined;
}

/** What is below the programs that the supervisor runs now: container runtimes. */
export function runtimesOf(supervisor: number): number[] {
  return childrenOf(supervisor)
    .filter((pid) => TOOLS.test(argumentsOf(pid)[1] ?? ''))
    .flatMap(childrenOf);
}

/** Its first child, as soon as it has one; undefined where it ends before. */
async function childOf(pid: number): Promise<number | undefined> {
  while (argumentsOf(pid).length > 1) {
    const [child] = childrenOf(pid);
    if (child !== undefined) return child;
    await sleep(0.2);
  }
  return undefined;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // it has just ended
  }
}

function childrenOf(pid: number): number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

const argumentsOf = (pid: number) => textOf(`/proc/${pid}/cmdline`).split('\0');

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
