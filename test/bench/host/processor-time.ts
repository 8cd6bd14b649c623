/** Processor time of processes, as the scheduler counts it. */
import { readdirSync, readFileSync } from 'node:fs';

/** Nanoseconds that all threads of these processes have run. Time of threads that have ended is not in it. */
export function processorTime(pids: readonly number[]): number {
  return pids.flatMap(threads).reduce((sum, path) => sum + ran(path), 0);
}

const threads = (pid: number) => readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);

function ran(thread: string): number {
  try {
    return Number(readFileSync(`${thread}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    return 0; // it has just ended
  }
}
