/** Remembers in the data folder what was changed on the host, so that `clean` can take it back. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ensureFolder } from '../ensure-folder.ts';

export interface HostChanges {
  /** Debian packages that were installed. */
  packages: string[];
  /** Users that were made. */
  users: string[];
}

const pathOf = (data: string) => join(data, 'host-changes.json');

export function recallChanges(data: string): HostChanges {
  const path = pathOf(data);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as HostChanges) : { packages: [], users: [] };
}

export function rememberChanges(data: string, more: Partial<HostChanges>): void {
  const { packages, users } = recallChanges(data);
  const changes: HostChanges = {
    packages: [...new Set([...packages, ...(more.packages ?? [])])],
    users: [...new Set([...users, ...(more.users ?? [])])],
  };
  ensureFolder(data);
  writeFileSync(pathOf(data), `${JSON.stringify(changes, null, 2)}\n`);
}
