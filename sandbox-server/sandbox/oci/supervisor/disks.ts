/** What is kept of a sandbox on the host's disk: its description and its own disk, one folder a sandbox. */
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecoveryLog } from '../../../recovery-log.ts';
import { DriverError, type SandboxSpec } from '../../driver.ts';
import { hostLack } from '../host-lack.ts';
import { sandboxId, sandboxSpec } from '../protocol.ts';
import { freeRange, type IdRange, RANGE_SIZES } from './id-ranges.ts';
import { refuseFullHost } from './host-space.ts';
import { removeUnfinished } from './unfinished.ts';
import { runTool } from './run-tool.ts';

/** What another version wrote beside is passed over: a learner's files must not hang on it. */
const metaSchema = z.object({
  spec: z.object(sandboxSpec.shape),
  ids: z.object({ base: z.number().int(), size: z.number().int() }),
});

/** `meta.json`. The id range stays with the disk for its life: the files on it carry these ids. */
export type SandboxMeta = z.infer<typeof metaSchema>;

/** Prefix of a folder that is being made or removed; what is left of one after a crash is removed. */
const UNFINISHED = '.new-';

/** stat(2) counts in these, whatever the file system. */
const BLOCK_BYTES = 512;

export interface DisksReserve {
  /** Ids of this host that may be given to disks. */
  ids: IdRange;
  /** What is left free on the host: no new disk is made below it. */
  freeBytes: number;
}

export class Disks {
  private readonly dir: string;
  private readonly reserve: DisksReserve;
  private readonly metas = new Map<string, SandboxMeta>();
  /** Sandboxes whose description cannot be read: they exist, and cannot be started. */
  private readonly broken = new Set<string>();

  private constructor(dir: string, reserve: DisksReserve) {
    this.dir = dir;
    this.reserve = reserve;
  }

  /** Reads what exists, and removes what was never finished. */
  static async open(dir: string, reserve: DisksReserve, recovery: RecoveryLog): Promise<Disks> {
    const disks = new Disks(dir, reserve);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    for (const name of await readdir(dir)) {
      if (name.startsWith(UNFINISHED)) await removeUnfinished(dir, name, 'disk', recovery);
      if (!sandboxId.safeParse(name).success) continue;
      try {
        disks.metas.set(name, metaSchema.parse(JSON.parse(await readFile(join(dir, name, 'meta.json'), 'utf8'))));
      } catch (error) {
        disks.broken.add(name); // kept: it is somebody's work
        recovery.kept({ kind: 'disk', id: name, why: 'its description cannot be read; nobody gets it' }, error);
      }
    }
    return disks;
  }

  get(id: string): SandboxMeta | undefined {
    return this.metas.get(id);
  }

  ids(): string[] {
    return [...this.metas.keys(), ...this.broken];
  }

  isBroken(id: string): boolean {
    return this.broken.has(id);
  }

  /** Whether a disk lies over the layer, or one that cannot be read may. */
  use(layer: string): boolean {
    return this.broken.size > 0 || [...this.metas.values()].some(({ spec }) => spec.layers?.includes(layer));
  }

  /** What the sandbox's disk takes of the host's, in bytes: it is sparse. Undefined where it cannot be read. */
  async taken(id: string): Promise<number | undefined> {
    try {
      const { blocks } = await stat(this.path(id));
      return blocks * BLOCK_BYTES;
    } catch {
      return undefined;
    }
  }

  path(id: string): string {
    return join(this.dir, id, 'disk.ext4');
  }

  async create(id: string, spec: SandboxSpec): Promise<void> {
    await refuseFullHost(this.dir, this.reserve.freeBytes);
    const ids = freeRange(
      this.reserve.ids,
      [...this.metas.values()].map((meta) => meta.ids),
      RANGE_SIZES[spec.profile],
    );
    if (!ids) throw new DriverError('no-room', `all host ids from ${this.reserve.ids.base} on are taken by disks`);
    const meta: SandboxMeta = { spec, ids };
    // Taken at once, before anything waits: two creates must not get the same range.
    this.metas.set(id, meta);
    const unfinished = join(this.dir, UNFINISHED + id);
    try {
      await mkdir(unfinished, { mode: 0o700 });
      await makeDisk(join(unfinished, 'disk.ext4'), spec.limits);
      await writeFile(join(unfinished, 'meta.json'), JSON.stringify(meta));
      await rename(unfinished, join(this.dir, id));
    } catch (error) {
      this.metas.delete(id);
      await rm(unfinished, { recursive: true, force: true });
      throw hostLack(error) ?? error;
    }
  }

  async destroy(id: string): Promise<void> {
    // Renamed at once, so that a crash leaves a disk or rubbish that is known as such, and nothing in between.
    const going = join(this.dir, UNFINISHED + id);
    await rm(going, { recursive: true, force: true });
    await rename(join(this.dir, id), going).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    this.metas.delete(id);
    this.broken.delete(id);
    await rm(going, { recursive: true, force: true });
  }
}

/** A sparse ext4 file with a hard size. Nothing is reserved for root: the learner may use all of it. */
async function makeDisk(path: string, limits: { diskBytes: number; inodes: number }): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await file.truncate(limits.diskBytes);
  await file.close();
  const options = 'lazy_itable_init=1,lazy_journal_init=1,nodiscard,root_owner=0:0';
  const made = await runTool('mkfs.ext4', ['-q', '-F', '-m', '0', '-N', String(limits.inodes), '-E', options, path]);
  if (made.status !== 0) throw new DriverError('start-failed', `mkfs.ext4: ${made.stderr.trim()}`);
}
