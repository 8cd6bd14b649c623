import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { create } from 'tar';
import type { LessonFiles } from './files.ts';

/** What a lesson lays as one tar archive; the same files give the same bytes on every machine. */
export interface Archive {
  /** `<sha-256>.tar`. */
  name: string;
  bytes: Buffer;
}

/** Files of an archive are as old as this. Those of a checkout are as old as the checkout, which is nobody's wish. */
const MADE = new Date('2020-01-01T00:00:00Z');

/** `laid`: what several folders hold, as if it lay in one. Only folders may be in more than one of them. */
export async function archiveOf(laid: readonly LessonFiles[]): Promise<Archive> {
  // Each path of the archive by where it lies on this machine.
  const names = new Map<string, string>();
  const named = new Set<string>();
  for (const { folder, paths } of laid) {
    for (const path of paths.filter((path) => !named.has(path))) names.set(resolve(folder, path), path);
    for (const path of paths) named.add(path);
  }
  const options = {
    portable: true,
    mtime: MADE,
    noDirRecurse: true,
    noPax: true,
    preservePaths: true,
    onWriteEntry: (entry: { path: string; absolute: string }) => {
      entry.path = names.get(entry.absolute)!;
    },
  };
  const bytes = await create(options, [...names.keys()]).concat();
  return { name: `${createHash('sha256').update(bytes).digest('hex')}.tar`, bytes };
}
