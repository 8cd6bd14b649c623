/** Ends every sandbox of an instance, whether or not its server runs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { removeEverything } from '../../sandbox/oci/supervisor/remove-everything.ts';
import { lessonTestGroup } from '../lesson-test/prepare-host.ts';
import { NATIVE_PROGRAM } from '../stages/native-program.ts';
import type { Instance } from '../stages/instances.ts';

export async function destroyAllSandboxes(root: string, { cgroup }: Instance): Promise<number> {
  const paths = { native: join(root, NATIVE_PROGRAM) } as Parameters<typeof removeEverything>[0]['paths'];
  let sandboxes = 0;
  for (const name of [cgroup, lessonTestGroup(cgroup), ...groupsOfTests(cgroup)]) {
    sandboxes += (await removeEverything({ cgroup: name, paths })).sandboxes;
  }
  return sandboxes;
}

/** Each test file has a group beside the instance's own, named after its process; one that was killed leaves it. */
function groupsOfTests(cgroup: string): string[] {
  const own = new RegExp(`^(${cgroup}-\\d+-\\d+)(-sandboxes\\.service)?$`);
  const roots = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory', '/sys/fs/cgroup/system.slice'];
  const names = roots.flatMap((folder) => listing(folder)).flatMap((name) => own.exec(name)?.[1] ?? []);
  return [...new Set(names)];
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
