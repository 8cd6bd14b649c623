import { existsSync } from 'node:fs';

import { type Finding, lack, ok } from './finding.ts';
import { tryProgram } from './probe.ts';

/** What the native program's `probe` prints: name → whether it worked. */
type Probed = Record<string, { ok: boolean; error?: string }>;

/** Does for real what each start of a sandbox does: an idmapped mount, an overlay over it, a loop device. */
export async function examineMounts(native: string, folder: string): Promise<Finding> {
  if (!existsSync(native)) return ok('Mounts', 'not tried before the native program is built');
  const { ok: ended, output } = await tryProgram(native, 'probe', folder);
  return ended
    ? judgeMounts(JSON.parse(output) as Probed, folder)
    : lack('Mounts', output, 'Start again; if it stays, report it.');
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
