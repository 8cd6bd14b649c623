/** Counts of the whole host that one sandbox could use up, although its memory bounds it already. */
import { readFile, writeFile } from 'node:fs/promises';

/**
 * Open files: each is charged to the memory of whoever opens it, and many processes with many files each come to more
 * than the kernel allows in all by default (a tenth of the memory in kilobytes). systemd lifts it for the same reason.
 */
const MOST_FILES = '9223372036854775807';

interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
}

/** `file` is the kernel's. Until the host is started again; where it may not be written, what there is has to do. */
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
