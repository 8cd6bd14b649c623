/** Whether a stage's inputs are what they were when it last succeeded. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Digest of files and folders by name, size, mode and time of change. Contents are not read: a start looks at all of its
 * inputs each time. A path that does not exist counts as such.
 */
export function digestOf(root: string, paths: readonly string[], extra = ''): string {
  const hash = createHash('sha256').update(extra);
  const visit = (path: string) => {
    const stat = lstatSync(resolve(root, path), { throwIfNoEntry: false });
    if (!stat) return void hash.update(`${path}\0-\0`);
    if (stat.isDirectory()) {
      hash.update(`${path}\0d${stat.mode}\0`);
      for (const name of readdirSync(resolve(root, path)).sort()) visit(join(path, name));
    } else {
      hash.update(`${path}\0${stat.mode} ${stat.size} ${stat.mtimeMs}\0`);
    }
  };
  for (const path of paths) visit(path);
  return hash.digest('hex');
}

/** Remembers in build/stamps with which inputs a stage succeeded. */
export function stampOf(root: string, stage: string) {
  const path = join(root, 'build', 'stamps', stage);
  return {
    matches: (digest: string) => existsSync(path) && readFileSync(path, 'utf8') === digest,
    /** Before the work begins: killed half-way, the stage runs again. */
    remove: () => rmSync(path, { force: true }),
    write(digest: string) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, digest);
    },
  };
}
