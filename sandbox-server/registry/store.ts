/**
 * What a registry's store holds, read and pruned on disk. docker-registry can delete a manifest, which takes every tag of
 * it along, and no single tag: a tag is a folder here, and a registry without a cache sees at once that it is gone.
 */
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const REPOSITORIES = 'docker/registry/v2/repositories';
const BLOBS = 'docker/registry/v2/blobs';

export interface Tagged {
  /** `library/busybox`. */
  repository: string;
  tag: string;
}

export function listTags(store: string): Tagged[] {
  return repositoriesIn(store).flatMap((repository) =>
    namesIn(tagsOf(store, repository)).map((tag) => ({ repository, tag })),
  );
}

/** A repository goes with its last tag. Its blobs stay until the store's garbage is collected. */
export function unpublish(store: string, { repository, tag }: Tagged): void {
  rmSync(join(tagsOf(store, repository), tag), { recursive: true });
  if (namesIn(tagsOf(store, repository)).length > 0) return;
  rmSync(join(store, REPOSITORIES, repository), { recursive: true });
}

/** Bytes of all blobs. */
export const storeSize = (store: string) => folderSize(join(store, BLOBS));

/** Bytes of all files in the folder; links are not followed, and a file of several names counts once. */
export function folderSize(folder: string): number {
  const seen = new Set<number>();
  const sizeOf = (path: string): number => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat || seen.has(stat.ino)) return 0;
    seen.add(stat.ino);
    return stat.isDirectory() ? namesIn(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : stat.size;
  };
  return sizeOf(folder);
}

const tagsOf = (store: string, repository: string) => join(store, REPOSITORIES, repository, '_manifests', 'tags');
const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

/** Names of parts begin with a letter or digit, docker-registry's own folders with `_`. */
function repositoriesIn(store: string, below = ''): string[] {
  return namesIn(join(store, REPOSITORIES, below))
    .flatMap((name) => (name.startsWith('_') ? [] : [join(below, name)]))
    .flatMap((path) => [
      ...(existsSync(join(store, REPOSITORIES, path, '_manifests')) ? [path] : []),
      ...repositoriesIn(store, path),
    ]);
}
