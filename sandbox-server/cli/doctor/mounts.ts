import { existsSync } from 'node:fs';

import { lackForEngines, ofEverySandbox, type Probed, readProbed } from '../../sandbox/oci/supervisor/probe.ts';
import { type Finding, lack, ok, warn } from './finding.ts';
import { tryProgram } from './probe.ts';

/**
 * Does for real what each start of a sandbox does: an idmapped mount, an overlay over it, a loop device; and what an engine
 * inside one does.
 */
export async function examineMounts(native: string, folder: string): Promise<Finding[]> {
  if (!existsSync(native)) return [ok('Mounts', 'not tried before the native program is built')];
  const { ok: ended, output } = await tryProgram(native, 'probe', folder);
  if (!ended) return [lack('Mounts', output, 'Start again; if it stays, report it.')];
  const probed = readProbed(output);
  return [judgeMounts(ofEverySandbox(probed), folder), judgeEngines(probed)];
}

/** No lack: a server whose courses need no engine runs without. */
export function judgeEngines(probed: Probed): Finding {
  const lacking = lackForEngines(probed);
  if (lacking === undefined) return ok('Docker in sandboxes', 'overlays, bridges and address translation work');
  return warn(
    'Docker in sandboxes',
    lacking,
    'Courses whose image has profile containers say so to their learners. Boot a distribution’s own kernel with its modules, on a machine or a virtual machine of your own.',
  );
}

export function judgeMounts(probed: Probed, folder: string): Finding {
  const failed = Object.entries(probed).filter(([, outcome]) => !outcome.ok);
  if (failed.length === 0) return ok('Mounts', 'idmapped, overlay and loop work');
  const found = failed.map(([name, { error }]) => `${name}: ${error}`).join('; ');
  const idmap = failed.some(([name]) => name === 'idmappedMount');
  return lack(
    'Mounts',
    found,
    idmap
      ? `Put the data on ext4, xfs or btrfs with --data: the file system of ${folder} knows no idmapped mounts.`
      : 'Run it on a machine or a virtual machine of your own: what surrounds this one forbids mounts.',
  );
}
