/** Whether the server can do its work: for whoever sends it visitors, and for whoever watches over it. */
import type { HostCapacity } from '../sandbox/driver.ts';
import type { Database } from '../store/database.ts';

/**
 * Why visitors should not be sent here now. `draining`: it is ending. `database`: nothing can be saved. `supervisor`: no
 * sandbox can be started. `disk`: less is free than new sandboxes need.
 */
export type Unready = 'draining' | 'database' | 'supervisor' | 'disk';

export interface Readiness {
  ready: boolean;
  reasons: Unready[];
}

export interface HealthOptions {
  database: Database;
  /** Rejects where the supervisor does not answer, soon. Absent where there are no sandboxes. */
  capacity?: () => Promise<HostCapacity>;
  /** Free disk in bytes below which no sandbox is made. */
  leastFreeBytes: number;
}

/** Whoever asks within so many milliseconds gets the same answer: it can be asked by anybody, as often as they like. */
const KEPT_MS = 1000;

export class Health {
  private readonly options: HealthOptions;
  private draining = false;
  private kept: Promise<Unready[]> | undefined;

  constructor(options: HealthOptions) {
    this.options = options;
  }

  /** From now on it is not ready. */
  drain(): void {
    this.draining = true;
  }

  async readiness(): Promise<Readiness> {
    this.kept ??= this.look().finally(() => setTimeout(() => (this.kept = undefined), KEPT_MS).unref());
    const reasons = [...(this.draining ? (['draining'] as const) : []), ...(await this.kept)];
    return { ready: reasons.length === 0, reasons };
  }

  private async look(): Promise<Unready[]> {
    const reasons: Unready[] = [];
    if (!this.canSave()) reasons.push('database');
    const { capacity, leastFreeBytes } = this.options;
    if (!capacity) return reasons;
    try {
      const { disk } = await capacity();
      if (disk.freeBytes < leastFreeBytes) reasons.push('disk');
    } catch {
      reasons.push('supervisor');
    }
    return reasons;
  }

  /** Writes what stands there already: the number by which a program knows its own databases, which nothing reads. */
  private canSave(): boolean {
    try {
      const { database } = this.options;
      const row = database.prepare('PRAGMA application_id').get() as { application_id: number };
      database.exec(`PRAGMA application_id = ${row.application_id}`);
      return true;
    } catch {
      return false;
    }
  }
}
