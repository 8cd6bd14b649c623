/** What was written is on the disk before something is built on it. */
import { closeSync, fsyncSync, openSync } from 'node:fs';

export function flushFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A name that was given, taken or changed in it lasts. */
export const flushFolder = flushFile;
