/** Everything that the doctor looks at, in the order in which it is shown. */
import { join } from 'node:path';

import type { HostFacts } from '../../config/settings.ts';
import type { Settings } from '../../config.ts';
import { NATIVE_PROGRAM } from '../stages/native-program.ts';
import { examineCgroups } from './cgroups.ts';
import { type Finding, lack, ok } from './finding.ts';
import { examineIds } from './ids.ts';
import { examineMounts } from './mounts.ts';
import { examineNamespaces } from './namespaces.ts';
import { examineNetwork } from './network.ts';
import { examineDisk, examineMemory, examineOpenFiles, nearestFolder } from './resources.ts';
import { examineRuntimes, examineTools } from './runtimes.ts';
import { examineKernel, examineModules, examineSystem } from './system.ts';

export async function examineHost(root: string, settings: Settings, host: HostFacts): Promise<Finding[]> {
  if (!host.linux)
    return [lack('System', process.platform, 'Sandboxes need Linux: use a machine or a virtual machine that runs it.')];
  if (!host.root) return [lack('Root', `user ${process.getuid?.()}`, 'Run it as root: sudo npm run doctor.')];
  const [modules, namespaces, runtime, mounts, network] = await Promise.all([
    examineModules(),
    examineNamespaces(),
    examineRuntimes(settings.runtime),
    examineMounts(join(root, NATIVE_PROGRAM), nearestFolder(settings.data)),
    examineNetwork(settings),
  ]);
  return [
    examineSystem(),
    ok('Root', 'yes'),
    examineKernel(),
    ...modules,
    ...namespaces,
    ...examineCgroups(settings.cgroup),
    runtime,
    examineTools(),
    ...mounts,
    ...network,
    examineIds(settings.idBase, settings.idCount),
    examineDisk(settings.data),
    ...examineMemory(settings),
    examineOpenFiles(),
  ];
}
