/** Where the supervisor keeps what. Nothing of this leaves the folder oci/. */
import { join } from 'node:path';
import type { Config } from '../../../config.ts';

export interface SupervisorPaths {
  native: string;
  /** One folder a sandbox, kept over restarts of the host: `meta.json` and the disk. */
  sandboxes: string;
  images: string;
  /** One folder a layer: files with ids as seen inside, and what the overlay needs to know of what is gone. */
  layers: string;
  /** One folder a sandbox while it runs: its socket and its bundle. */
  running: string;
  /** State of the container runtime. */
  runtime: string;
  /** Empty directory; `launch` mounts below it, in a mount namespace of its own. */
  mountpoint: string;
}

export function supervisorPaths(config: Pick<Config, 'run' | 'paths'>): SupervisorPaths {
  return {
    native: config.paths.native,
    sandboxes: join(config.paths.supervisorData, 'sandboxes'),
    images: config.paths.images,
    layers: config.paths.layers,
    running: join(config.run, 'sandboxes'),
    runtime: join(config.run, 'runtime'),
    mountpoint: join(config.run, 'mnt'),
  };
}

/** Path of init's socket. The gateway computes it too: the OCI driver alone may assume the same host. */
export function initSocket(run: string, id: string): string {
  return join(run, 'sandboxes', id, 'init.sock');
}
