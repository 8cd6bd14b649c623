/** The folder of built images: `<image id>/rootfs` and `<image id>/image.json`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ImageDescription } from './schema.ts';
import { LEARNER_ID } from './schema.ts';

/** image.json. */
export interface BuiltImage {
  id: string;
  name: string;
  profile: ImageDescription['profile'];
  suite: string;
  user: { name: string; id: number; home: string };
  /** ISO 8601. */
  builtAt: string;
}

const HALF = '.half-';

export const isBuilt = (shelf: string, id: string) => existsSync(join(shelf, id, 'image.json'));

/** An empty folder for a build; a build that was killed leaves one, which the next of its image takes away. */
export function beginImage(shelf: string, id: string): string {
  const half = join(shelf, `${HALF}${id}`);
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true, mode: 0o700 });
  return half;
}

/** From here on the image is there, whole. */
export function endImage(shelf: string, id: string, description: ImageDescription, builtAt: Date): void {
  const half = join(shelf, `${HALF}${id}`);
  const { name, profile, from, user } = description;
  const built: BuiltImage = {
    id,
    name,
    profile,
    suite: from.debian.suite,
    user: { name: user.name, id: LEARNER_ID, home: `/home/${user.name}` },
    builtAt: builtAt.toISOString(),
  };
  writeFileSync(join(half, 'image.json'), `${JSON.stringify(built, null, 2)}\n`);
  renameSync(half, join(shelf, id));
}

export function readImage(shelf: string, id: string): BuiltImage | undefined {
  return isBuilt(shelf, id)
    ? (JSON.parse(readFileSync(join(shelf, id, 'image.json'), 'utf8')) as BuiltImage)
    : undefined;
}

/** Images that no course has any more and no disk was made over, and what killed builds left. */
export function unusedImages(shelf: string, current: readonly string[], sandboxes: string): string[] {
  if (!existsSync(shelf)) return [];
  const used = imagesInUse(sandboxes);
  if (!used) return [];
  const kept = new Set([...current, ...used]);
  return readdirSync(shelf).filter((id) => !kept.has(id));
}

/**
 * Removes those of them that a current one has replaced, and halves. An image of another name may be another folder of
 * courses': it goes when somebody asks for that.
 */
export function removeReplaced(shelf: string, current: readonly string[], sandboxes: string): string[] {
  const names = new Set(current.map(nameOf));
  const removed = unusedImages(shelf, current, sandboxes).filter((id) => id.startsWith(HALF) || names.has(nameOf(id)));
  for (const id of removed) rmSync(join(shelf, id), { recursive: true });
  return removed;
}

/** The identity of an image is its name and a digest (identity.ts). */
const nameOf = (id: string) => id.slice(0, id.lastIndexOf('-'));

/** Each sandbox's folder has a meta.json that names the image under its disk. Undefined where one cannot be read. */
export function imagesInUse(sandboxes: string): string[] | undefined {
  if (!existsSync(sandboxes)) return [];
  const metas = readdirSync(sandboxes)
    .map((id) => join(sandboxes, id, 'meta.json'))
    .filter((path) => existsSync(path));
  try {
    return metas.map((path) => (JSON.parse(readFileSync(path, 'utf8')) as { spec: { image: string } }).spec.image);
  } catch {
    return undefined;
  }
}
