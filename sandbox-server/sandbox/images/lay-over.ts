/** Lays the content of a folder over a root file system. */
import {
  chmodSync,
  copyFileSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';

import { ImageProblem } from './discover.ts';

/** Id of a folder's owner and group, for the folder and all in it; everything else is root's. */
type Owners = Readonly<Record<string, number>>;

/**
 * `at` is the place in the root file system. Nothing is written through a link that lies there: an absolute link would lead
 * out of the image and into the host. Modes become 0755 and 0644: what an umask made of them at a clone means nothing.
 */
export function layOver(source: string, rootfs: string, at: string, owners: Owners): void {
  const stat = lstatSync(source, { throwIfNoEntry: false });
  if (!stat) return;
  const target = join(rootfs, at);
  const there = lstatSync(target, { throwIfNoEntry: false });
  if (stat.isDirectory()) {
    if (there && !there.isDirectory()) {
      throw new ImageProblem(`${source} cannot be laid over /${at}, which is a link or a file in the image.`);
    }
    if (!there) mkdirSync(target);
    for (const name of readdirSync(source)) layOver(join(source, name), rootfs, join(at, name), owners);
    if (!there) chmodSync(target, 0o755);
  } else {
    rmSync(target, { force: true });
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else copyFileSync(source, target);
    if (stat.isFile()) chmodSync(target, stat.mode & 0o100 ? 0o755 : 0o644);
  }
  const owner = Object.entries(owners).find(([folder]) => at === folder || at.startsWith(`${folder}/`))?.[1] ?? 0;
  if (!there || owner !== 0) lchownSync(target, owner, owner);
}
