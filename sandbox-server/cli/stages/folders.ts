/** The stage that makes the folders of a server, each with its owner and rights. */
import { chmodSync, chownSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Settings } from '../../config.ts';
import { REGISTRIES, storeOf } from '../../registry/configuration.ts';
import { ensureFolder } from '../ensure-folder.ts';
import { Failure } from '../plain/report.mjs';
import type { Account } from './system-user.ts';

export function makeFolders({ data, run, user }: Settings, account: Account): void {
  makeFolder(data, 0o755);
  makeFolder(run, 0o755);
  makeFolder(`${data}/supervisor`, 0o700);
  makeFolder(`${data}/gateway`, 0o700, account);
  makeFolder(`${run}/operator`, 0o700, account);
  for (const folder of [data, run]) refuseClosedParents(folder, user);
}

/**
 * The class registry's: stores that are the registry's alone, and a folder of sockets that belong to the gateway's group,
 * because the folder hands its group on.
 */
export function makeRegistryFolders({ data, run }: Settings, registry: Account, gateway: Account): void {
  makeFolder(`${data}/registry`, 0o711);
  for (const name of REGISTRIES) makeFolder(storeOf(`${data}/registry`, name), 0o700, registry);
  makeFolder(`${run}/registry`, 0o2710, { uid: registry.uid, gid: gateway.gid });
}

/** Without root: all folders are this user's. */
export function makeOwnFolders({ data, run }: Settings): void {
  for (const folder of [data, run, `${data}/gateway`, `${run}/operator`]) makeFolder(folder, 0o700);
}

function makeFolder(folder: string, mode: number, owner?: Account): void {
  try {
    ensureFolder(folder);
    chmodSync(folder, mode);
    if (owner) chownSync(folder, owner.uid, owner.gid);
  } catch (error) {
    throw new Failure({
      what: `The folder ${folder} cannot be used.`,
      why: (error as Error).message,
      mend: 'Mend that, or choose another folder with --data or --run.',
    });
  }
}

/** The gateway is not root: each folder above what it reads must let others pass. */
function refuseClosedParents(folder: string, user: string): void {
  for (let parent = dirname(folder); parent !== '/'; parent = dirname(parent)) {
    if ((statSync(parent).mode & 0o001) !== 0) continue;
    throw new Failure({
      what: `The user ${user} cannot reach ${folder}.`,
      why: `${parent} is closed to others.`,
      mend: 'Choose a folder outside of it with --data or --run.',
    });
  }
}
