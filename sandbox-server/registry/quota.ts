/** How much a sandbox may store, counted while it streams in. */
import type { RegistryUsage } from '../store/registry-usage.ts';

export interface Intake extends Disposable {
  /** What came in so far, in bytes. */
  readonly bytes: number;
  /** Counts bytes that come in. False: they are more than the sandbox may store. */
  take(bytes: number): boolean;
}

export class Quota {
  readonly limitBytes: number;
  private readonly usage: RegistryUsage;
  /** Of bodies that are on their way in, and not in the database yet, by sandbox. */
  private readonly incoming = new Map<string, number>();
  /** What the database says, so that it is not asked for every piece: read anew when a body begins or has ended. */
  private readonly stored = new Map<string, number>();

  constructor(usage: RegistryUsage, limitBytes: number) {
    this.usage = usage;
    this.limitBytes = limitBytes;
  }

  hasRoom(sandbox: string): boolean {
    return this.usage.used(sandbox) + (this.incoming.get(sandbox) ?? 0) < this.limitBytes;
  }

  /** Counts one body until disposed; what is kept of it is in the database then. */
  intake(sandbox: string): Intake {
    const { incoming, stored, usage, limitBytes } = this;
    stored.delete(sandbox);
    let bytes = 0;
    let open = true;
    return {
      get bytes() {
        return bytes;
      },
      take: (more) => {
        bytes += more;
        const all = (incoming.get(sandbox) ?? 0) + more;
        incoming.set(sandbox, all);
        const kept = stored.get(sandbox) ?? usage.used(sandbox);
        stored.set(sandbox, kept);
        return kept + all <= limitBytes;
      },
      [Symbol.dispose]: () => {
        if (!open) return;
        open = false;
        const rest = (incoming.get(sandbox) ?? 0) - bytes;
        if (rest > 0) incoming.set(sandbox, rest);
        else incoming.delete(sandbox);
        stored.delete(sandbox);
      },
    };
  }
}
