/** Removes what is ours from a folder. Whoever gives --data /srv must not lose what else is there. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** `runs` and folders named `<process>-<number>` are the tests'. */
const OURS = {
  data: [
    'config.json',
    'gateway',
    'host-changes.json',
    'lesson-test',
    'lock',
    'log',
    'program',
    'registry',
    'run',
    'runs',
    'supervisor',
  ],
  run: [
    'config.json',
    'lesson-test',
    'lock',
    'mnt',
    'operator',
    'registry',
    'registry-mine.yaml',
    'registry-shared.yaml',
    'runtime',
    'sandboxes',
    'supervisor.sock',
  ],
};
export const TEST_RUN = /^\d+-\d+$/;

/** Returns the paths that stay because they are not ours. */
export function removeFolder(folder: string, kind: keyof typeof OURS): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder);
  const ours = names.filter((name) => OURS[kind].includes(name) || TEST_RUN.test(name));
  for (const name of ours) rmSync(join(folder, name), { recursive: true, force: true });
  const others = names.filter((name) => !ours.includes(name));
  if (others.length === 0) rmdirSync(folder);
  return others.map((name) => join(folder, name));
}
