/**
 * What a start of the supervisor does about the one before: whatever on the host belongs to no sandbox that runs is
 * removed, and said, one line each. Never throws: a sandbox that cannot be cleared away must not keep all others from
 * running.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Leftover, RecoveryLog } from '../../../recovery-log.ts';
import { sandboxId } from '../protocol.ts';
import type { Cgroups } from './cgroups.ts';
import { parseJson } from './launch.ts';
import type { SupervisorPaths } from './paths.ts';
import { PROBE_NAME } from './runtime.ts';
import { runTool } from './run-tool.ts';

export interface ReconcileOptions {
  paths: SupervisorPaths;
  cgroups: Pick<Cgroups, 'list' | 'remove'>;
  /** Whether a process of this sandbox runs, and whether it has a disk. */
  find(id: string): Promise<'runs' | 'stopped' | 'gone'>;
  /** Ends all of it, and removes what its running left. */
  clear(id: string): Promise<void>;
  recovery: RecoveryLog;
}

/** Ids of the sandboxes that something was left of. */
export async function reconcile(options: ReconcileOptions): Promise<string[]> {
  const { paths, cgroups, find, clear, recovery } = options;
  const left: string[] = [];
  const attempt = async (leftover: Leftover, remove: () => Promise<unknown>) => {
    try {
      await remove();
      recovery.removed(leftover);
    } catch (error) {
      recovery.notRemoved(leftover, error);
    }
  };
  const names = async (dir: string) => readdir(dir).catch(() => []);
  const found = new Set([
    ...(await names(paths.running)),
    ...(await cgroups.list().catch(() => [])),
    ...(await names(paths.runtime)), // runtimes keep files of their own beside their containers
  ]);
  for (const id of found) {
    if (!sandboxId.safeParse(id).success) continue;
    const state = await find(id);
    if (state === 'runs') continue;
    left.push(id);
    const why = state === 'gone' ? 'no disk of it exists' : 'it does not run any more';
    await attempt({ kind: 'running', id, why }, () => clear(id));
  }
  await removeProbes(options, [...found], attempt);
  await removeMounts(options, attempt);
  await removeLoops(options, attempt);
  return left;
}

type Attempt = (leftover: Leftover, remove: () => Promise<unknown>) => Promise<void>;

/** Of a supervisor that was killed while it tried out a runtime. */
async function removeProbes({ paths, cgroups }: ReconcileOptions, found: string[], attempt: Attempt): Promise<void> {
  const bundles = await readdir(join(paths.running, '..')).catch(() => []);
  for (const id of new Set([...found, ...bundles].filter((name) => PROBE_NAME.test(name)))) {
    await attempt({ kind: 'probe', id, why: 'the supervisor that made it has ended' }, async () => {
      await cgroups.remove(id);
      for (const dir of [join(paths.running, '..'), paths.runtime]) {
        await rm(join(dir, id), { recursive: true, force: true });
      }
    });
  }
}

/** All mounts are made in namespaces of their own. One that the host sees is not the server's doing, and hides the folder. */
async function removeMounts({ paths }: ReconcileOptions, attempt: Attempt): Promise<void> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const points = table.split('\n').map((line) => line.split(' ')[4] ?? '');
  // What was mounted last lies on top.
  for (const point of points
    .filter((each) => each === paths.mountpoint || each.startsWith(`${paths.mountpoint}/`))
    .reverse()) {
    await attempt({ kind: 'mount', id: point, why: 'nothing may be mounted there' }, async () => {
      const { status, stderr } = await runTool('umount', ['--lazy', point]);
      if (status !== 0) throw new Error(stderr.trim());
    });
  }
}

const listed = z.object({
  loopdevices: z.array(z.object({ name: z.string(), 'back-ino': z.coerce.number(), 'back-maj:min': z.string() })),
});

/** The kernel frees a loop device a moment after its last mount went. */
const FREED_MS = 500;

/** A loop device frees itself with its last mount; one of a sandbox that does not run is held by something else. */
async function removeLoops({ paths, find }: ReconcileOptions, attempt: Attempt): Promise<void> {
  const held = async () => {
    const devices = await loopDevices();
    if (devices.size === 0) return [];
    const ids = (await readdir(paths.sandboxes).catch(() => [])).filter((id) => sandboxId.safeParse(id).success);
    const found: { id: string; device: string }[] = [];
    for (const id of ids) {
      const device = devices.get(await fileKey(join(paths.sandboxes, id, 'disk.ext4')));
      if (device !== undefined && (await find(id)) !== 'runs') found.push({ id, device });
    }
    return found;
  };
  if ((await held()).length === 0) return;
  await sleep(FREED_MS);
  for (const { id, device } of await held()) {
    await attempt({ kind: 'loop', id, why: `${device} holds the disk of a sandbox that does not run` }, async () => {
      const { status, stderr } = await runTool('losetup', ['--detach', device]);
      if (status !== 0) throw new Error(stderr.trim());
    });
  }
}

/** Path of each loop device, by the file that it stands for. */
async function loopDevices(): Promise<Map<string, string>> {
  const { stdout } = await runTool('losetup', ['--json', '--list', '--output', 'NAME,BACK-INO,BACK-MAJ:MIN']);
  const devices = listed.safeParse(parseJson(stdout)).data?.loopdevices ?? [];
  return new Map(devices.map((device) => [`${device['back-maj:min'].trim()}/${device['back-ino']}`, device.name]));
}

/** What tells a file from all others of the host. Numbers of devices are put together as glibc does. */
async function fileKey(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (!found) return '';
  const { dev, ino } = found;
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  return `${major}:${minor}/${ino}`;
}
