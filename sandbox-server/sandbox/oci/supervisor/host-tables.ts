/** What is the whole host's and the supervisor changes: until the host is started again. */
import { readFile, writeFile } from 'node:fs/promises';
import { runTool } from './run-tool.ts';

/**
 * Open files: each is charged to the memory of whoever opens it, and many processes with many files each come to more
 * than the kernel allows in all by default (a tenth of the memory in kilobytes). systemd lifts it for the same reason.
 */
const MOST_FILES = '9223372036854775807';

interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
}

/**
 * So that one sandbox cannot use up what its memory bounds already. `file` is the kernel's; where it may not be written,
 * what there is has to do.
 */
export async function liftHostTables(log: Log, file = '/proc/sys/fs/file-max'): Promise<void> {
  try {
    const before = (await readFile(file, 'utf8')).trim();
    if (before === MOST_FILES) return;
    await writeFile(file, MOST_FILES);
    log.info(
      { setting: 'fs.file-max', before },
      'the number of open files on this host is bounded by memory alone now',
    );
  } catch (error) {
    log.warn({ setting: 'fs.file-max', err: error }, 'one sandbox could open all files that this host allows');
  }
}

/** Of the file system of control groups version 2, from Linux 6.0 on. */
const FAVOUR_MOVES = 'favordynmods';

/**
 * A process is moved into its control group for each start of a sandbox and each shell. The kernel makes the one who moves
 * wait for all processors, some 5 ms, to spare every fork a few nanoseconds; this has it do the opposite. It holds for
 * groups of version 1 too, where version 2 is mounted beside them. Where it cannot be had, starts are slower.
 */
export async function favourMoves(log: Log): Promise<void> {
  const mount = cgroup2In(await readFile('/proc/self/mountinfo', 'utf8'));
  if (!mount || mount.options.includes(FAVOUR_MOVES)) return;
  // Merges with the options that there are.
  const { status, stderr } = await runTool('/bin/mount', ['-o', `remount,${FAVOUR_MOVES}`, mount.path]);
  if (status === 0) log.info({ mount: mount.path }, 'processes move between control groups without a wait now');
  else log.info({ mount: mount.path, said: stderr.trim() }, 'processes wait to be moved between control groups here');
}

/** The mount of control groups version 2 in a `mountinfo`, and the file system's options. */
export function cgroup2In(mountinfo: string): { path: string; options: string[] } | undefined {
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup2') return { path: before.split(' ')[4]!, options: options.split(',') };
  }
  return undefined;
}
