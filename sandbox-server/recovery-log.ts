/**
 * What a start of the gateway or of the supervisor found left over: one line in the log for each thing, with what was done
 * with it and why, so that an operator can tell afterwards what became of it.
 */

/** `id`: of the sandbox, where it is one's; else its name. */
export interface Leftover {
  kind: 'sandbox' | 'record' | 'disk' | 'layer' | 'running' | 'probe' | 'loop' | 'mount';
  id: string;
  why: string;
}

export interface RecoveryLines {
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

const TEXTS: Record<Leftover['kind'], string> = {
  sandbox: 'a sandbox',
  record: 'a note of a sandbox',
  disk: 'a disk',
  layer: 'a layer',
  running: 'what a sandbox had while it ran',
  probe: 'what the search for a container runtime made',
  loop: 'a loop device',
  mount: 'a mount',
};

export class RecoveryLog {
  private readonly log: RecoveryLines;

  constructor(log: RecoveryLines) {
    this.log = log;
  }

  removed({ kind, id, why }: Leftover): void {
    this.log.warn({ recovery: 'removed', kind, id, why }, `removed ${TEXTS[kind]}: ${why}`);
  }

  /** It is tried again at the next start. */
  notRemoved({ kind, id, why }: Leftover, error: unknown): void {
    this.log.error({ recovery: 'not-removed', kind, id, why, err: error }, `could not remove ${TEXTS[kind]}: ${why}`);
  }

  /** Somebody's work may hang on it. */
  kept({ kind, id, why }: Leftover, error?: unknown): void {
    this.log.warn({ recovery: 'kept', kind, id, why, ...(error ? { err: error } : {}) }, `kept ${TEXTS[kind]}: ${why}`);
  }
}
