/** Folders that a supervisor was making or removing when it ended. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Leftover, RecoveryLog } from '../../../recovery-log.ts';

/** Never rejects: what cannot be removed is in nobody's way. */
export async function removeUnfinished(
  dir: string,
  name: string,
  kind: Leftover['kind'],
  recovery: RecoveryLog,
): Promise<void> {
  const leftover: Leftover = { kind, id: name, why: 'the supervisor ended while it was made or removed' };
  try {
    await rm(join(dir, name), { recursive: true, force: true });
    recovery.removed(leftover);
  } catch (error) {
    recovery.notRemoved(leftover, error);
  }
}
