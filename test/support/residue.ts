/** What is left on the host: of one sandbox that was destroyed, and of all of a server's. For every test that destroys. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Config } from '../../sandbox-server/config.ts';
import type { SandboxDriver } from '../../sandbox-server/sandbox/driver.ts';
import { allTracesOf, cgroupsIn, idsOf, loopsOf, processesIn, processesOf } from './host.ts';
import { PATIENCE } from './patience.ts';

/** What the driver's contract allows a destroy, in milliseconds; and the kernel, to let go of loop devices after it. */
const DESTROY_MS = 2000 * PATIENCE;

/**
 * Destroys a sandbox: in time, every process at once, and everything else a moment later, since the kernel lets go of loop
 * devices and control groups in its own time. Resolves to the host ids that it had.
 */
export async function destroyCleanly(
  { config, driver }: { config: Config; driver: Pick<SandboxDriver, 'destroy'> },
  id: string,
): Promise<ReturnType<typeof idsOf>> {
  const ids = idsOf({ config }, id);
  const began = performance.now();
  await driver.destroy(id);
  expect(performance.now() - began).toBeLessThan(DESTROY_MS);
  expect(processesOf(config, ids)).toEqual([]);
  await expect.poll(() => allTracesOf(config, id, ids), { timeout: DESTROY_MS }).toEqual([]);
  return ids;
}

/** Everything on the host that is a server's sandboxes', by kind: equal before and after where nothing was left. */
export function footprint({ cgroup, paths, run }: Config): Record<string, string[] | number> {
  const folder = (path: string) => readdirSync(path).sort();
  return {
    processes: processesIn(cgroup).length,
    mounts: mounts().filter((line) => line.includes(run) || line.includes(dirname(paths.supervisorData))),
    groups: cgroupsIn(cgroup).sort(),
    loops: loopsOf(paths.supervisorData).sort(),
    ids: idRanges(paths.supervisorData),
    running: folder(join(run, 'sandboxes')),
    runtime: folder(join(run, 'runtime')).filter((name) => name.length === 26),
    disks: folder(join(paths.supervisorData, 'sandboxes')),
    layers: folder(paths.layers),
    sockets: folder(run).filter((name) => name.endsWith('.sock')),
  };
}

/** Each range of host ids that is taken, as `base+size`. */
function idRanges(supervisorData: string): string[] {
  const sandboxes = join(supervisorData, 'sandboxes');
  return readdirSync(sandboxes)
    .map((id) => {
      try {
        const { ids } = JSON.parse(readFileSync(join(sandboxes, id, 'meta.json'), 'utf8')) as {
          ids: { base: number; size: number };
        };
        return `${ids.base}+${ids.size}`;
      } catch {
        return `unreadable ${id}`;
      }
    })
    .sort();
}

/** Mounts that every process of the host sees; others may come and go by themselves. */
const mounts = () => readFileSync('/proc/self/mountinfo', 'utf8').split('\n');

/** What one process of a server has of what must not grow. */
export function usageOf(pid: number): { descriptors: number; megabytes: number } {
  const rss = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, megabytes: Math.round(Number(rss) / 1024) };
}
