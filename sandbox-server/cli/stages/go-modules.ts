/** The Go code here: the native program, and the programs that lessons bring along for learners to read and build. */
import { globSync } from 'node:fs';
import { dirname } from 'node:path';

export const NATIVE = 'sandbox-server/native';

/** Folders that hold a go.mod, as paths below `root`. */
export function goModules(root: string): string[] {
  return [NATIVE, ...globSync('lessons/**/go.mod', { cwd: root }).map(dirname).toSorted()];
}
