/**
 * What a server has for itself on this host: its folders, the control group and the host ids of its sandboxes. Two
 * servers on one of them would end each other's sandboxes, or let one learner own another's files.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Settings } from '../../config.ts';
import { Failure } from '../plain/report.mjs';
import { type Holder, type Lock, takeLock } from './lock.ts';

/** Holds one folder a control group. */
const CLAIMS = '/run/lock/slipway';
export const claimOf = (cgroup: string) => join(CLAIMS, cgroup);

export interface Claims extends Disposable {
  /** Tells later comers where this server is. */
  tell(urls: readonly string[]): void;
}

type Place = Pick<Settings, 'data' | 'run'>;
type ForSandboxes = Pick<Settings, 'cgroup'> & Partial<Pick<Settings, 'idBase' | 'idCount'>>;

/** Throws a `Failure` that names who has it and which setting gives this server one of its own. */
export function claim({ data, run }: Place, sandboxes?: ForSandboxes): Claims {
  using stack = new DisposableStack();
  const locks: Lock[] = [];
  const take = (folder: string, what: string, mend: string) => {
    const taken = takeLock(folder);
    if ('holder' in taken) throw alreadyTaken(what, taken.holder, mend);
    locks.push(stack.use(taken.lock));
  };
  take(
    data,
    `the data in ${data}`,
    'End it with Ctrl-C where it was started, or give this one another folder with --data.',
  );
  take(run, `the folder ${run}`, 'Give this one another with --run.');
  if (sandboxes) {
    take(claimOf(sandboxes.cgroup), `the control group ${sandboxes.cgroup}`, 'Give this one another with --cgroup.');
    refuseSharedIds(sandboxes);
  }
  const { idBase, idCount } = sandboxes ?? {};
  const tell = (urls: readonly string[]) => {
    for (const lock of locks) lock.tell({ pid: process.pid, data, urls, idBase, idCount });
  };
  tell([]);
  const owned = stack.move();
  return { tell, [Symbol.dispose]: () => owned.dispose() };
}

function refuseSharedIds({ cgroup, idBase, idCount }: ForSandboxes): void {
  if (idBase === undefined || idCount === undefined) return;
  for (const name of listClaims()) {
    if (name === cgroup) continue;
    const taken = takeLock(claimOf(name));
    if ('lock' in taken) taken.lock[Symbol.dispose]();
    else if (meets(taken.holder, idBase, idCount)) {
      throw alreadyTaken(
        `host ids of ${idBase} to ${idBase + idCount - 1}`,
        taken.holder,
        'Give this one others with --id-base.',
      );
    }
  }
}

const listClaims = () => (existsSync(CLAIMS) ? readdirSync(CLAIMS) : []);

function meets(holder: Holder | undefined, base: number, count: number): boolean {
  const { idBase, idCount } = holder ?? {};
  return idBase !== undefined && idCount !== undefined && idBase < base + count && base < idBase + idCount;
}

function alreadyTaken(what: string, holder: Holder | undefined, mend: string): Failure {
  const facts = holder ? [`process ${holder.pid}`, `data in ${holder.data}`, ...holder.urls] : [];
  return new Failure({ what: `A Slipway that runs already has ${what}.`, why: facts.join(', '), mend });
}
