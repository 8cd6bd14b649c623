/** The code that lets learners in where the server can be reached by others. Made once: it stands in addresses handed out. */
import { randomInt } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { finishRestore } from '../../store/backup/finish.ts';
import type { Account } from '../stages/system-user.ts';

/** Without letters and digits that look like others. */
const SIGNS = 'abcdefghjkmnpqrstvwxyz23456789';
/** 49 bits: with the gateway's limit on tries, guessing takes longer than any course. */
const LENGTH = 10;

export function ensureAccessCode(path: string, owner: Account | undefined): string {
  // A restore that was interrupted may have one.
  finishRestore(dirname(path));
  if (!existsSync(path)) {
    const code = Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join('');
    const unfinished = `${path}.new`;
    writeFileSync(unfinished, `${code}\n`, { mode: 0o600 });
    if (owner) chownSync(unfinished, owner.uid, owner.gid);
    renameSync(unfinished, path);
  }
  return readFileSync(path, 'utf8').trim();
}
