/** The folder of images for the class registry: `<id>/layout`, an OCI image layout, and `<id>/image.json`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Identity } from './identity.ts';
import { layoutDigest, layoutSize } from './layout.ts';
import type { Source } from './schema.ts';

/** image.json. */
export interface BuiltRegistryImage extends Identity {
  name: string;
  source: Source;
  /** Of its manifest: `sha256:…`. */
  digest: string;
  /** Of all blobs, compressed as they are. */
  sizeBytes: number;
  /** ISO 8601. */
  builtAt: string;
}

const HALF = '.half-';

export const layoutOf = (shelf: string, id: string) => join(shelf, id, 'layout');

/** Every image that is whole, by name, and the newest first of those with one name. */
export function readShelf(shelf: string): BuiltRegistryImage[] {
  if (!existsSync(shelf)) return [];
  return readdirSync(shelf)
    .filter((id) => !id.startsWith(HALF) && existsSync(join(shelf, id, 'image.json')))
    .map((id) => JSON.parse(readFileSync(join(shelf, id, 'image.json'), 'utf8')) as BuiltRegistryImage)
    .sort((a, b) => a.name.localeCompare(b.name) || b.builtAt.localeCompare(a.builtAt));
}

/** A folder to build in. What an earlier attempt left is taken away, or kept for one that can go on from it. */
export function beginRegistryImage(shelf: string, id: string, left: 'removed' | 'kept'): string {
  const half = join(shelf, `${HALF}${id}`);
  if (left === 'removed') rmSync(half, { recursive: true, force: true });
  mkdirSync(join(half, 'layout'), { recursive: true, mode: 0o700 });
  return half;
}

/** From here on the image is there, whole: its layout and nothing else that the build made. */
export function endRegistryImage(
  shelf: string,
  identity: Identity,
  { name, source, builtAt }: { name: string; source: Source; builtAt: Date },
): BuiltRegistryImage {
  const half = join(shelf, `${HALF}${identity.id}`);
  for (const entry of readdirSync(half)) {
    if (entry !== 'layout') rmSync(join(half, entry), { recursive: true, force: true });
  }
  const layout = join(half, 'layout');
  const built: BuiltRegistryImage = {
    ...identity,
    name,
    source,
    digest: layoutDigest(layout),
    sizeBytes: layoutSize(layout),
    builtAt: builtAt.toISOString(),
  };
  writeFileSync(join(half, 'image.json'), `${JSON.stringify(built, null, 2)}\n`);
  renameSync(half, join(shelf, identity.id));
  return built;
}

/** What has to be built and was not finished, and images that no course mentions. */
export function unusedEntries(shelf: string, current: readonly string[]): string[] {
  if (!existsSync(shelf)) return [];
  const kept = new Set(current.flatMap((id) => [id, `${HALF}${id}`]));
  return readdirSync(shelf).filter((entry) => !kept.has(entry));
}

/** Why an image that is not there yet is built. */
export function whyBuilt(
  shelf: readonly BuiltRegistryImage[],
  name: string,
  { builder, description }: Identity,
): string {
  const before = shelf.find((built) => built.name === name);
  if (!before) return 'new';
  if (before.builder !== builder) return 'builder changed';
  return before.description === description
    ? 'its Dockerfile’s folder or what it is FROM changed'
    : 'image.yaml changed';
}
