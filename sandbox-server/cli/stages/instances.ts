/** Remembers in build/ which folders servers of this clone were started on, so that `clean` finds them all. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Settings } from '../../config.ts';

export type Instance = Pick<Settings, 'data' | 'run' | 'cgroup'>;

const pathOf = (root: string) => join(root, 'build', 'instances.json');

export function recallInstances(root: string): Instance[] {
  return existsSync(pathOf(root)) ? (JSON.parse(readFileSync(pathOf(root), 'utf8')) as Instance[]) : [];
}

export function rememberInstance(root: string, { data, run, cgroup }: Settings): void {
  const known = recallInstances(root);
  if (known.some((instance) => instance.data === data && instance.run === run && instance.cgroup === cgroup)) return;
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(pathOf(root), `${JSON.stringify([...known, { data, run, cgroup }], null, 2)}\n`);
}
