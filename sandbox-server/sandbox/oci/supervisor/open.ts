/** Puts the supervisor's parts together on this host. */
import { readFile, mkdir } from 'node:fs/promises';
import type { Config } from '../../../config.ts';
import { RecoveryLog } from '../../../recovery-log.ts';
import { Cgroups } from './cgroups.ts';
import { delegatedParent } from './delegation.ts';
import { Disks } from './disks.ts';
import { favourMoves, liftHostTables } from './host-tables.ts';
import { RANGE_SIZES } from './id-ranges.ts';
import { Layers } from './layers.ts';
import { HOST_NETWORK } from './network.ts';
import { type SupervisorPaths, supervisorPaths } from './paths.ts';
import { lackForEngines, readProbed } from './probe.ts';
import { runTool } from './run-tool.ts';
import { findRuntime, type RuntimeSpec } from './runtime.ts';
import { Sandboxes } from './sandboxes.ts';
import type { SupervisorLog } from './server.ts';

export interface Supervisor {
  sandboxes: Sandboxes;
  runtime: RuntimeSpec;
  gatewayGroup: number;
  /** Path of the parent of all sandboxes' control groups, from each hierarchy's root. */
  cgroupParent: string;
}

/**
 * `examine` finds out what the host lacks for engines inside sandboxes; undefined: nothing. `hostNetwork` is the path of
 * the network namespace through which sandboxes reach the internet, where they may.
 */
export async function openSupervisor(
  config: Config,
  log: SupervisorLog,
  examine = findEngineLack,
  hostNetwork = HOST_NETWORK,
): Promise<Supervisor> {
  const paths = supervisorPaths(config);
  for (const [dir, mode] of [
    [config.run, 0o755],
    [paths.running, 0o711],
    [paths.runtime, 0o700],
    [paths.mountpoint, 0o755],
  ] as const) {
    await mkdir(dir, { recursive: true, mode });
  }
  await liftHostTables(log);
  await favourMoves(log);
  const cgroups = new Cgroups(await delegatedParent(config.cgroup, paths.native));
  const reserve = { ids: { base: config.idBase, size: config.idCount }, freeBytes: config.minFreeDiskBytes };
  const runtime = await findRuntime(config.runtime, paths, cgroups, {
    base: config.idBase,
    size: RANGE_SIZES.standard,
  });
  const recovery = new RecoveryLog(log);
  const disks = await Disks.open(paths.sandboxes, reserve, recovery);
  const layers = await Layers.open(paths, config.minFreeDiskBytes, recovery);
  const engineLack = await examine(paths);
  if (engineLack !== undefined) log.warn({ lacking: engineLack }, 'sandboxes of profile containers cannot run here');
  const gatewayGroup = await groupOf(config.user);
  const sandboxes = new Sandboxes({
    run: config.run,
    paths,
    disks,
    layers,
    cgroups,
    runtime,
    gatewayGroup,
    maxOpenFiles: await hardLimitOfOpenFiles(),
    engineIdleMs: config.engineIdleMs,
    engineLack,
    internet: config.networks.includes('internet') ? { hostNetwork, limits: config.network } : undefined,
    log,
  });
  return { sandboxes, runtime, gatewayGroup, cgroupParent: cgroups.parent };
}

/** What this host lacks for engines inside sandboxes; undefined where it lacks nothing. */
async function findEngineLack({ native, sandboxes }: SupervisorPaths): Promise<string | undefined> {
  const { status, stdout, stderr } = await runTool(native, ['probe', sandboxes]);
  if (status !== 0) return `the probe ended with status ${status}: ${stderr.trim()}`;
  try {
    return lackForEngines(readProbed(stdout));
  } catch (error) {
    return `the probe printed what it should not: ${(error as Error).message}`;
  }
}

/** The primary group of a user of this host. */
async function groupOf(user: string): Promise<number> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const fields = passwd.split('\n').map((line) => line.split(':'));
  const gid = fields.find((each) => each[0] === user)?.[3];
  if (gid === undefined) throw new Error(`this host has no user ${user}: \`npm start\` makes it`);
  return Number(gid);
}

async function hardLimitOfOpenFiles(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === undefined || hard === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(hard);
}
