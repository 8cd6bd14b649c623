/** The end of all that runs in a sandbox, whatever its root did against it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cgroups } from './cgroups.ts';
import { identify, isAlive, type ProcessIdentity } from './process.ts';

/** For how many rounds process 1 alone is killed: its death takes all others along, however many they are. */
const ROUNDS_FOR_INIT = 20;
const ROUND_MS = 2;

/** Kills every process in the sandbox's cgroups, and waits; ids of those that are still there after `timeoutMs`. */
export async function endProcesses(
  cgroups: Pick<Cgroups, 'processes' | 'thawAll'>,
  id: string,
  init: ProcessIdentity | undefined,
  timeoutMs: number,
): Promise<number[]> {
  const until = performance.now() + timeoutMs;
  for (let round = 0; ; round++) {
    const left =
      init && round < ROUNDS_FOR_INIT && (await isAlive(init)) ? [init.pid] : await alive(await cgroups.processes(id));
    if (left.length === 0 || performance.now() > until) return left;
    for (const pid of left) kill(pid);
    // After the kill, and again and again: what freezes others may run until it has its own.
    await cgroups.thawAll(id);
    await sleep(ROUND_MS);
  }
}

async function alive(pids: number[]): Promise<number[]> {
  const found = await Promise.all(pids.map(identify));
  return found.filter((each) => each !== undefined).map(({ pid }) => pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended meanwhile
  }
}
