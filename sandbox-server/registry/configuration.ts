/** What Debian's docker-registry is run with. */
import { join } from 'node:path';

/** `shared`: what the courses give, the same for all; `mine`: what learners push. */
export const REGISTRIES = ['shared', 'mine'] as const;
export type RegistryName = (typeof REGISTRIES)[number];

export interface RegistryOptions {
  /** Folder that holds the images: docker-registry's own layout. */
  store: string;
  /** Path of the Unix socket to listen on. */
  socket: string;
  writes: 'allowed' | 'refused';
}

export const storeOf = (folder: string, name: RegistryName) => join(folder, name);
export const socketOf = (folder: string, name: RegistryName) => join(folder, `${name}.sock`);

/** The text of a configuration file. It is JSON, which is YAML too. */
export function registryConfiguration({ store, socket, writes }: RegistryOptions): string {
  const configuration = {
    version: '0.1',
    // Refused requests are at this level too: who shows lines to people has to choose (cli/serve/log-file.ts).
    log: { level: 'error', formatter: 'text', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: store },
      delete: { enabled: writes === 'allowed' },
      redirect: { disable: true },
      // No `cache`: it would hide what another process published, and serve what was collected.
      maintenance: {
        uploadpurging:
          writes === 'allowed' ? { enabled: true, age: '24h', interval: '1h', dryrun: false } : { enabled: false },
        readonly: { enabled: writes === 'refused' },
      },
    },
    // No `secret`: one of its own for each run; an upload that a restart interrupts is begun anew. No `debug` port.
    http: { net: 'unix', addr: socket },
    health: { storagedriver: { enabled: false } },
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}
