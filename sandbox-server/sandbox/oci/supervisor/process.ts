/** A process on the host, told apart from a later one with the same number by its start time. */
import { readFile } from 'node:fs/promises';
import { unlessLacking } from '../host-lack.ts';

export interface ProcessIdentity {
  pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  startTime: string;
}

export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(unlessLacking);
  // The name (field 2) may hold spaces and brackets: count from the last bracket. A zombie has ended.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTime = fields?.[19];
  return startTime && fields[0] !== 'Z' ? { pid, startTime } : undefined;
}

export async function isAlive(process: ProcessIdentity): Promise<boolean> {
  return (await identify(process.pid))?.startTime === process.startTime;
}
