import { createHash } from 'node:crypto';
import { create } from 'tar';
import type { LessonFiles } from './files.ts';

/** A lesson's `files/` as one tar archive; the same files give the same bytes on every machine. */
export interface Archive {
  /** `<sha-256>.tar`. */
  name: string;
  bytes: Buffer;
}

/** Files of an archive are as old as this. Those of a checkout are as old as the checkout, which is nobody's wish. */
const MADE = new Date('2020-01-01T00:00:00Z');

export async function archiveOf({ folder, paths }: LessonFiles): Promise<Archive> {
  const pack = create({ cwd: folder, portable: true, mtime: MADE, noDirRecurse: true, noPax: true }, [...paths]);
  const bytes = await pack.concat();
  return { name: `${createHash('sha256').update(bytes).digest('hex')}.tar`, bytes };
}
