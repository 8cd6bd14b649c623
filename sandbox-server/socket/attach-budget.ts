/** How often one page may attach to a terminal. */

/** Attaching costs the sandbox a replay: so often within `ATTACH_MS` for one socket. A person hides a tab less often. */
const MAX_ATTACHES = 30;
const ATTACH_MS = 10_000;

export class AttachBudget {
  private attaches: number[] = [];

  /** False: it was too often. */
  take(): boolean {
    const now = performance.now();
    this.attaches = [...this.attaches.filter((time) => now - time < ATTACH_MS), now];
    return this.attaches.length <= MAX_ATTACHES;
  }
}
