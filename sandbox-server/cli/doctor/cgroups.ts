import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Finding, lack, ok, warn } from './finding.ts';
import { readText } from './probe.ts';

const ROOT = '/sys/fs/cgroup';
const NEEDED = ['memory', 'cpu', 'pids'];
const SYSTEMD = 'systemd runs';
const OWN_GROUPS = 'Groups of our own';

export interface Hierarchies {
  /** `hybrid`: both; controllers are in one or the other. */
  mode: 'v2' | 'v1' | 'hybrid' | 'none';
  /** Controller → where it is mounted. */
  controllers: Map<string, string>;
}

/** `mounts`: /proc/self/mounts. `unified`: what cgroup.controllers of the v2 hierarchy says. */
export function parseHierarchies(mounts: string, unified: (path: string) => string): Hierarchies {
  const controllers = new Map<string, string>();
  const kinds = new Set<string>();
  for (const line of mounts.split('\n')) {
    const [, path, kind, options = ''] = line.split(' ');
    if (!path || (kind !== 'cgroup' && kind !== 'cgroup2')) continue;
    const names = kind === 'cgroup2' ? unified(path).split(/\s+/) : options.split(',');
    const known = names.filter((name) => /^(memory|cpu|pids|io|blkio|freezer)$/.test(name));
    kinds.add(kind);
    for (const name of known) controllers.set(name, path);
    // In v2 every group can be frozen; there is no controller to name.
    if (kind === 'cgroup2' && path === ROOT) controllers.set('freezer', path);
  }
  const mode = kinds.size === 2 ? 'hybrid' : kinds.has('cgroup2') ? 'v2' : kinds.has('cgroup') ? 'v1' : 'none';
  return { mode, controllers };
}

export function examineCgroups(name: string): Finding[] {
  const { mode, controllers } = parseHierarchies(
    readText('/proc/self/mounts') ?? '',
    (path) => readText(join(path, 'cgroup.controllers')) ?? '',
  );
  const systemd = existsSync('/run/systemd/system') ? SYSTEMD : 'no systemd';
  if (mode === 'none')
    return [lack('Control groups', 'not mounted', 'Boot with systemd, or mount them: apt-get install cgroupfs-mount.')];

  const missing = NEEDED.filter((controller) => !controllers.has(controller));
  const findings = [
    missing.length === 0
      ? ok('Control groups', `${mode}, ${systemd}: ${[...controllers.keys()].sort().join(', ')}`)
      : lack('Control groups', `${mode}, ${systemd}; without ${missing.join(', ')}`, mendFor(missing)),
  ];
  if (!controllers.has('io') && !controllers.has('blkio')) {
    findings.push(
      warn(
        'Disk rate',
        'no controller for it',
        'Learners’ disks are then as fast as they can be: boot a kernel with CONFIG_BLK_CGROUP.',
      ),
    );
  }
  if (!controllers.has('freezer')) {
    findings.push(
      warn('Freezer', 'missing', 'Idle sandboxes are then not frozen: boot a kernel with CONFIG_CGROUP_FREEZER.'),
    );
  }
  if (mode === 'v2' && systemd === SYSTEMD) return [...findings, ok(OWN_GROUPS, 'systemd delegates a subtree')];
  return [...findings, examineWriting(name, [...new Set(controllers.values())])];
}

const mendFor = (missing: string[]) =>
  missing.includes('memory')
    ? 'Boot with cgroup_enable=memory on the kernel’s command line.'
    : `Boot a kernel that has ${missing.join(' and ')}: a distribution’s own has.`;

/** Whether groups can be made where those of the sandboxes will be. */
function examineWriting(name: string, paths: string[]): Finding {
  for (const path of paths) {
    const probe = join(path, `${name}-doctor-${process.pid}`);
    try {
      mkdirSync(probe);
      rmdirSync(probe);
    } catch (error) {
      const mend = 'Inside a container its host decides: use a machine or a virtual machine of your own.';
      return lack(OWN_GROUPS, `${path}: ${(error as NodeJS.ErrnoException).code}`, mend);
    }
  }
  return ok(OWN_GROUPS, 'can be made');
}
