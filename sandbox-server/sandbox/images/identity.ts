/** An image's identity: what it is made from decides it, so that a changed image never takes another's place. */
import { createHash, type Hash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

import type { CourseImage } from './discover.ts';

/** Raised when the same description gives another root file system than before. */
export const BUILDER_VERSION = 2;

/** Folder laid over the root of every image, and the one beside image.yaml that is laid over it. */
export const COMMON_FILES = join(import.meta.dirname, 'files');
/** Folder laid over the root of the images of a profile, after the common one. */
export const profileFiles = ({ description }: CourseImage) =>
  join(import.meta.dirname, 'profiles', description.profile);
export const ownFiles = (image: CourseImage) => join(image.folder, 'files');

/** `<name>-<12 hexadecimal digits>`. */
export function imageIdentity(image: CourseImage): string {
  // What the registry has and what is reached are no part of the sandbox's root: undefined stays out of the JSON.
  const description = { ...image.description, registry: undefined, network: undefined };
  const hash = createHash('sha256').update(`${BUILDER_VERSION}\0${process.arch}\0${JSON.stringify(description)}\0`);
  for (const folder of [COMMON_FILES, profileFiles(image), ownFiles(image)]) addTree(hash, folder, '');
  return `${image.description.name}-${hash.digest('hex').slice(0, 12)}`;
}

/** Names, kinds and contents of all that lies there. */
export function addTree(hash: Hash, folder: string, path: string): void {
  const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
  if (!stat) return;
  // Who may execute is kept by git, the rest of a mode is the umask of whoever cloned.
  const executable = stat.isFile() && (stat.mode & 0o100) !== 0;
  hash.update(`${path}\0${stat.isDirectory() ? 'd' : stat.isSymbolicLink() ? 'l' : executable ? 'x' : 'f'}\0`);
  if (stat.isDirectory()) {
    for (const name of readdirSync(join(folder, path)).sort()) addTree(hash, folder, join(path, name));
  } else {
    const content = stat.isSymbolicLink() ? readlinkSync(join(folder, path)) : readFileSync(join(folder, path));
    hash.update(`${content.length}\0`).update(content);
  }
}
