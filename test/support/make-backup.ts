/** What `slipway backup` does, for tests that kill it. */
import { makeBackup } from '../../sandbox-server/store/backup/make.ts';

export const backUp = (folder: string, target: string): Promise<unknown> => makeBackup(folder, target, () => {});
