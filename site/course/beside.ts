import { readdirSync, readFileSync } from 'node:fs';
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

export function readBeside(folder: string): Beside {
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.sh')).map(({ name }) => name);
  const scripts = new Map<string, string>();
  for (const name of names.sort()) scripts.set(name, readFileSync(join(folder, name), 'utf8'));
  const files = entries.some(({ name }) => name === 'files') ? filesOf(join(folder, 'files')) : undefined;
  return { scripts, files };
}
