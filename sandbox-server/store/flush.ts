/** What was written to a file, or the names in a folder, are on the disk before something is built on that. */
import { closeSync, fsyncSync, openSync } from 'node:fs';

export function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
