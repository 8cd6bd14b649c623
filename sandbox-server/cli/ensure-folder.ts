import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes the folder and those above it. (Node's own `recursive` never returns where the kernel refuses, as in /proc.) */
export function ensureFolder(folder: string, mode = 0o755): void {
  if (existsSync(folder)) return;
  ensureFolder(dirname(folder));
  mkdirSync(folder, mode);
}
