/**
 * Stops a sandbox that makes control groups without end. On version 2 the kernel has a limit for it; on version 1 it has
 * none, and 65,535 groups for memory on the whole machine: after that, no sandbox would start.
 */
import { readFile } from 'node:fs/promises';
import type { Cgroups } from './cgroups.ts';
import type { Sandboxes } from './sandboxes.ts';

/** Of one sandbox: four times as many as it may have on version 2. Between two looks it gets some thousands more. */
const MOST = 2048;
/** The machine's number of them is cheap to tell; who has them is looked for when it has grown by so many. */
const STEP = 512;
const LOOK_MS = 250;

interface Options {
  cgroups: Pick<Cgroups, 'version' | 'list' | 'hasMoreThan'>;
  sandboxes: Pick<Sandboxes, 'stop'>;
  log: { warn(fields: object, text: string): void };
}

/** Watches until it is disposed of; not at all where the kernel has a limit. */
export class GroupWatch implements Disposable {
  private readonly options: Options;
  private readonly timer: NodeJS.Timeout | undefined;
  /** How many there were when all sandboxes were last looked at, or fewer. */
  private known = 0;
  private looking = false;

  constructor(options: Options) {
    this.options = options;
    if (options.cgroups.version === 1) this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const total = await memoryGroups();
      if (total < this.known + STEP) {
        this.known = Math.min(this.known, total);
        return;
      }
      this.known = total;
      await Promise.all((await this.options.cgroups.list()).map((id) => this.lookAt(id)));
    } catch (error) {
      this.options.log.warn({ err: error }, 'the control groups of the sandboxes could not be counted');
    } finally {
      this.looking = false;
    }
  }

  private async lookAt(id: string): Promise<void> {
    if (!(await this.options.cgroups.hasMoreThan(id, MOST))) return;
    this.options.log.warn({ sandbox: id, most: MOST }, 'stopped: it makes control groups without end');
    await this.options.sandboxes.stop(id);
  }
}

/** Of the whole machine. */
async function memoryGroups(): Promise<number> {
  const text = await readFile('/proc/cgroups', 'utf8');
  return Number(/^memory\s+\d+\s+(\d+)/m.exec(text)?.[1] ?? 0);
}
