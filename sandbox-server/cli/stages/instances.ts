/** Remembers in build/ which folders servers of this clone were started on, so that `clean` finds them all. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Settings } from '../../config.ts';

export type Instance = Pick<Settings, 'data' | 'run' | 'cgroup'>;

const pathOf = (root: string) => join(root, 'build', 'instances.json');

export function recallInstances(root: string): Instance[] {
  return existsSync(pathOf(root)) ? (JSON.parse(readFileSync(pathOf(root), 'utf8')) as Instance[]) : [];
}

export function rememberInstance(root: string, { data, run, cgroup }: Instance): void {
  // Of the same data's earlier places those are forgotten that are gone.
  const others = recallInstances(root).filter((known) => known.data !== data || existsSync(known.run));
  if (others.some((known) => known.data === data && known.run === run && known.cgroup === cgroup)) return;
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(pathOf(root), `${JSON.stringify([...others, { data, run, cgroup }], null, 2)}\n`);
}
