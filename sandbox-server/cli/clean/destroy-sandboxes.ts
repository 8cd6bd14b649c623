/** Ends every sandbox of an instance, whether or not its server runs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { removeEverything } from '../../sandbox/oci/supervisor/remove-everything.ts';
import { NATIVE_PROGRAM } from '../stages/native-program.ts';
import type { Instance } from '../stages/instances.ts';

export async function destroyAllSandboxes(root: string, { cgroup }: Instance): Promise<number> {
  let sandboxes = 0;
  for (const name of groupsOf(cgroup)) {
    sandboxes += (await removeEverything({ cgroup: name, paths: { native: join(root, NATIVE_PROGRAM) } })).sandboxes;
  }
  return sandboxes;
}
