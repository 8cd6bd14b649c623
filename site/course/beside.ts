import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOf, type LessonFiles } from './files.ts';

/** What lies in a lesson's folder beside index.md and means something. */
export interface Beside {
  /** Shell scripts by name: `setup.sh`, `static.check.sh`. */
  scripts: ReadonlyMap<string, string>;
  /** `files/`: what is laid into the learner's home. */
  files: LessonFiles | undefined;
}

export const NOTHING_BESIDE: Beside = { scripts: new Map(), files: undefined };

export async function readBeside(folder: string): Promise<Beside> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.sh')).map(({ name }) => name);
  const scripts = new Map<string, string>();
  for (const name of names.sort()) scripts.set(name, await readFile(join(folder, name), 'utf8'));
  const files = entries.some(({ name }) => name === 'files') ? await filesOf(join(folder, 'files')) : undefined;
  return { scripts, files };
}
