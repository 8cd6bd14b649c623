/** What `slipway restore` does to a folder, without asking: for tests that kill it. */
import { putBack } from '../../sandbox-server/store/backup/put-back.ts';
import { takeIn } from '../../sandbox-server/store/backup/take-in.ts';

export async function restoreInto(folder: string, file: string): Promise<void> {
  putBack(folder, await takeIn(folder, file, () => {}));
}
