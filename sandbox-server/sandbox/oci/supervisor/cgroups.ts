/** A sandbox's control groups, on version 2 and version 1: state, use, freezing and removal. `launch` makes them. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxStats } from '../../driver.ts';
import { unlessLacking } from '../host-lack.ts';

const ROOT = '/sys/fs/cgroup';

/** How long a freeze may take: a process in an uninterruptible wait is frozen only after it. */
const FREEZE_MS = 2000;

/** In microseconds, as `launch` counts (cpuPeriod and its like, native/launch/cgroup.go). */
const PERIOD = 10_000;
const LONG_PERIOD = 100_000;
const SHORT_QUOTA = 5000;
/** The least that the kernel takes. */
const LEAST_QUOTA = 1000;
const QUOTA_ATTEMPTS = 20;

export class Cgroups {
  readonly version: 1 | 2;
  /** Path of the parent of all sandboxes, from each hierarchy's root. */
  readonly parent: string;

  constructor(parent: string) {
    this.parent = parent;
    this.version = existsSync(join(ROOT, 'cgroup.controllers')) ? 2 : 1;
  }

  /** Descriptors that init inherits: its socket, and one file per hierarchy that holds the learner apart. */
  get inherited(): number {
    if (this.version === 2) return 2;
    return 1 + ['memory', 'pids', 'cpu'].filter((controller) => existsSync(join(ROOT, controller))).length;
  }

  /** Directories in which limits of the sandbox's disk stand: its own, and on version 1 the root. */
  ofDisk(id: string): [own: string, root?: string] {
    return this.version === 2 ? [this.dir('', id)] : [this.dir('blkio', id, 'learner'), join(ROOT, 'blkio')];
  }

  /** Path of the learner's cgroup, as the runtime takes it. */
  learner(id: string): string {
    return join(this.parent, id, 'learner');
  }

  /**
   * Makes room in the sandbox's groups for what runs beside it: the files to write its process to. It is counted and
   * ended with the sandbox, and not under the learner's limits.
   */
  async helperGroups(id: string): Promise<string[]> {
    const controllers = this.version === 2 ? [''] : ['memory', 'pids', 'cpu', 'cpuacct'];
    const parents = controllers.map((controller) => this.dir(controller, id)).filter((dir) => existsSync(dir));
    const groups = parents.map((dir) => join(dir, 'init'));
    for (const group of groups) await mkdir(group, { recursive: true });
    return groups.map((group) => join(group, 'cgroup.procs'));
  }

  private dir(controller: string, ...names: string[]): string {
    return this.version === 2 ? join(ROOT, this.parent, ...names) : join(ROOT, controller, this.parent, ...names);
  }

  /** `cpus`: as many processors as it has when it is not throttled. */
  async stats(id: string, cpus: number): Promise<SandboxStats> {
    const processorShare = Math.min(1, (await this.processors(id)) / cpus);
    if (this.version === 2) {
      return {
        memoryBytes: await number(this.dir('', id), 'memory.current'),
        processes: await number(this.dir('', id), 'pids.current'),
        cpuMicroseconds: await keyed(this.dir('', id), 'cpu.stat', 'usage_usec'),
        processorShare,
        outOfMemoryKills: await keyed(this.dir('', id, 'learner'), 'memory.events', 'oom_kill'),
      };
    }
    return {
      memoryBytes: await number(this.dir('memory', id), 'memory.usage_in_bytes'),
      processes: await number(this.dir('pids', id), 'pids.current'),
      cpuMicroseconds: Math.round((await number(this.dir('cpuacct', id), 'cpuacct.usage')) / 1000),
      processorShare,
      outOfMemoryKills: await this.killsV1(this.dir('memory', id, 'learner')),
    };
  }

  /** How many processors its learner's programs may keep busy; Infinity where nothing limits them. */
  private async processors(id: string): Promise<number> {
    const dir = this.limited(id);
    const [quota, period] =
      this.version === 2
        ? (await text(dir, 'cpu.max')).split(' ')
        : [await text(dir, 'cpu.cfs_quota_us'), await text(dir, 'cpu.cfs_period_us')];
    const found = Number(quota) / Number(period);
    return found > 0 ? found : Infinity;
  }

  /** The group that holds this limit. Before there was one for the learner alone it was the sandbox's own. */
  private limited(id: string): string {
    const [controller, file] = this.version === 2 ? ['', 'cpu.max'] : ['cpu', 'cpu.cfs_quota_us'];
    const learner = this.dir(controller, id, 'learner');
    return existsSync(join(learner, file)) ? learner : this.dir(controller, id);
  }

  /** Nothing where this host does not limit them (version 1 without its controller). */
  async setProcessors(id: string, cpus: number): Promise<void> {
    const dir = this.limited(id);
    if (!existsSync(dir)) return;
    const period = cpus * PERIOD < SHORT_QUOTA ? LONG_PERIOD : PERIOD;
    const quota = String(Math.max(LEAST_QUOTA, Math.round(cpus * period)));
    const burst = this.version === 2 ? 'cpu.max.burst' : 'cpu.cfs_burst_us';
    // It may not be more than the quota.
    await writeFile(join(dir, burst), '0').catch(() => {});
    if (this.version === 2) await writeFile(join(dir, 'cpu.max'), `${quota} ${period}`);
    else await this.setQuota(dir, quota, String(period));
    await writeFile(join(dir, burst), quota).catch(() => {});
  }

  private async setQuota(dir: string, quota: string, period: string): Promise<void> {
    await writeFile(join(dir, 'cpu.cfs_quota_us'), '-1');
    await writeFile(join(dir, 'cpu.cfs_period_us'), period);
    for (let attempt = 0; ; attempt++) {
      try {
        return await writeFile(join(dir, 'cpu.cfs_quota_us'), quota);
      } catch (error) {
        // A group in it may have more than that: made by root in a sandbox with an engine, who may make it anew meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'EINVAL' || attempt === QUOTA_ATTEMPTS) throw error;
        const below = (await this.tree(dir)).slice(1).reverse();
        for (const each of below) await writeFile(join(each, 'cpu.cfs_quota_us'), '-1').catch(() => {});
      }
    }
  }

  /** The kernel counts them by the group of the killed alone. */
  private async killsV1(dir: string): Promise<number> {
    const kills = (await this.tree(dir)).map((each) => keyed(each, 'memory.oom_control', 'oom_kill'));
    return (await Promise.all(kills)).reduce((total, each) => total + each, 0);
  }

  async isFrozen(id: string): Promise<boolean> {
    if (this.version === 2) return (await text(this.dir('', id), 'cgroup.freeze')).trim() === '1';
    return ['FROZEN', 'FREEZING'].includes((await text(this.dir('freezer', id), 'freezer.state')).trim());
  }

  async setFrozen(id: string, frozen: boolean): Promise<void> {
    const [dir, file, value] =
      this.version === 2
        ? [this.dir('', id), 'cgroup.freeze', frozen ? '1' : '0']
        : [this.dir('freezer', id), 'freezer.state', frozen ? 'FROZEN' : 'THAWED'];
    await writeFile(join(dir, file), value);
    const until = performance.now() + FREEZE_MS;
    while (!(await this.reached(dir, frozen))) {
      if (performance.now() > until)
        throw new Error(`the sandbox was not ${frozen ? 'frozen' : 'thawed'} within ${FREEZE_MS} ms`);
      await sleep(2);
    }
  }

  private async reached(dir: string, frozen: boolean): Promise<boolean> {
    if (this.version === 2) return (await keyed(dir, 'cgroup.events', 'frozen')) === (frozen ? 1 : 0);
    return (await text(dir, 'freezer.state')).trim() === (frozen ? 'FROZEN' : 'THAWED');
  }

  /**
   * Thaws the sandbox and each cgroup in it: root in a sandbox with an engine freezes what it likes, process 1 too, and
   * on version 1 not even SIGKILL ends what is frozen.
   */
  async thawAll(id: string): Promise<void> {
    const [controller, file, value] =
      this.version === 2 ? ['', 'cgroup.freeze', '0'] : ['freezer', 'freezer.state', 'THAWED'];
    const dirs = await this.tree(this.dir(controller, id));
    await Promise.all(dirs.map((dir) => writeFile(join(dir, file), value).catch(() => {})));
  }

  /** Ids of all process of the sandbox, on the host. */
  async processes(id: string): Promise<number[]> {
    const controllers = this.version === 2 ? [''] : ['memory', 'pids', 'freezer'];
    // A learner may have made thousands of groups; where the kernel counts no process they need not be looked into, but
    // for those that a runtime which died halfway may have put one in.
    const counted = (await text(this.dir('pids', id), 'pids.current')).trim();
    const groups = controllers.map(async (controller) =>
      counted === '0'
        ? [[], ['init'], ['learner']].map((names) => this.dir(controller, id, ...names))
        : await this.tree(this.dir(controller, id)),
    );
    const lists = await Promise.all((await Promise.all(groups)).flat().map((dir) => text(dir, 'cgroup.procs')));
    return [...new Set(lists.flatMap((list) => list.split('\n').filter((line) => line !== '')))].map(Number);
  }

  /** Whether process 1 of the sandbox is there. */
  async hasInit(id: string): Promise<boolean> {
    return (await text(this.dir('pids', id, 'init'), 'cgroup.procs')).trim() !== '';
  }

  /** Sandboxes that have a cgroup, whoever they belong to. */
  async list(): Promise<string[]> {
    const entries = await readdir(this.dir('memory'), { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory() && entry.name !== 'holder').map((entry) => entry.name);
  }

  /** Whether the sandbox has more cgroups of its own for memory than that. Looks no further than it must. */
  async hasMoreThan(id: string, most: number): Promise<boolean> {
    const left = [this.dir('memory', id, 'learner')];
    for (let count = 0; left.length > 0;) {
      const below = await groupsIn(left.pop()!).catch(() => []);
      count += below.length;
      if (count > most) return true;
      left.push(...below);
    }
    return false;
  }

  /** Removes the sandbox's cgroups; its processes must have ended. */
  async remove(id: string): Promise<void> {
    await Promise.all((await this.hierarchies()).map((controller) => removeTree(this.dir(controller, id))));
  }

  /** Removes the parent of all sandboxes' cgroups, where nothing is left in it. */
  async removeParent(): Promise<void> {
    for (const controller of await this.hierarchies()) await rmdir(this.dir(controller)).catch(() => {});
  }

  private async hierarchies(): Promise<string[]> {
    return this.version === 2 ? [''] : await readdir(ROOT);
  }

  /** The directory and all below it, parents first. Learners with an engine of their own make more of them. */
  private async tree(dir: string): Promise<string[]> {
    const below = await groupsIn(dir).catch(unlessLacking);
    if (!below) return [];
    return [dir, ...(await Promise.all(below.map((each) => this.tree(each)))).flat()];
  }
}

async function groupsIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name));
}

/** All at once: a learner may have made thousands, and has two seconds to be gone. */
async function removeTree(dir: string): Promise<void> {
  // Most have none below them, and need not be looked into.
  if (await isRemoved(dir)) return;
  const below = await groupsIn(dir).catch(() => []);
  await Promise.all(below.map(removeTree));
  await removeWhenEmpty(dir);
}

async function isRemoved(dir: string): Promise<boolean> {
  return rmdir(dir).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

/** The kernel lets a cgroup go a moment after its last process ended. */
async function removeWhenEmpty(dir: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rmdir(dir);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || attempt === 200) throw error;
      await sleep(5);
    }
  }
}

async function text(dir: string, file: string): Promise<string> {
  return (await readFile(join(dir, file), 'utf8').catch(unlessLacking)) ?? '';
}

async function number(dir: string, file: string): Promise<number> {
  return Number((await text(dir, file)).trim()) || 0;
}

async function keyed(dir: string, file: string, key: string): Promise<number> {
  const line = (await text(dir, file)).split('\n').find((each) => each.startsWith(`${key} `));
  return line ? Number(line.slice(key.length + 1)) : 0;
}
