/** What the gateway and the supervisor run on: every setting resolved, and where the stages of a start put things. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Settings } from './config/resolve.ts';
import type { ErrorCode } from './protocol/errors.ts';
import { socketOf } from './registry/configuration.ts';
import type { Network, Profile, SandboxLimits, SandboxSpec } from './sandbox/driver.ts';
import { ACCESS_CODE_FILE } from './store/files.ts';

export { ConfigProblem } from './config/problem.ts';
export { resolveSettings, type Settings, withPort } from './config/resolve.ts';

export interface Config {
  host: string;
  /** 0: any that is free. */
  port: number;
  /** Origins that the server is reached under. With port 0 they end in `:0` until `withPort`. */
  urls: string[];
  /** Reverse proxies whose headers say who the client is (http/client-address.ts). */
  trustedProxies: string[];
  access: 'open' | 'code';
  data: string;
  run: string;
  /** Name of the user that the gateway runs as. */
  user: string;
  runtime: 'auto' | 'crun' | 'runc';
  /** Name of the control group that holds those of all sandboxes. */
  cgroup: string;
  idBase: number;
  idCount: number;
  limits: Record<Profile, SandboxLimits>;
  /** What sandboxes may reach, where their image asks for it. */
  networks: Network[];
  network: NetworkLimits;
  maxSandboxes: number;
  /** Sandboxes that may wait for a learner, in all. */
  poolSize: number;
  /** 0: as many as one likes. So with every other number of sandboxes or starts. */
  sandboxesPerLearner: number;
  sandboxesPerAddress: number;
  /** A minute. */
  startsPerLearner: number;
  startsPerAddress: number;
  /** New learners a minute. */
  learnersPerAddress: number;
  /** How many learners may wait for a place. */
  queueLength: number;
  /** What is left alone; 0: nothing. */
  minFreeMemoryBytes: number;
  minFreeDiskBytes: number;
  /** 0: never. So with every other time but `startTimeoutMs`. */
  idleFreezeMs: number;
  idleStopMs: number;
  expiryMs: number;
  extendMs: number;
  sessionTimeMs: number;
  sessionExtendMs: number;
  startTimeoutMs: number;
  busyAfterMs: number;
  /** Part of its processors that a sandbox keeps which was busy for so long with nobody there. */
  busyShare: number;
  engineIdleMs: number;
  logLevel: Settings['logLevel'];
  /** 0: there is no audit log. */
  auditKeepMs: number;
  /** Absent: metrics are not served over TCP. */
  metrics?: { host: string; port: number };
  sandboxes: { mode: 'on' } | { mode: 'off'; code: ErrorCode };
  /** The class registry: the sockets of what all may read, and of what learners push. */
  registry: { mode: 'on'; shared: string; mine: string } | { mode: 'off' };
  /** Bytes that one sandbox may store in the registry. */
  registryBytes: number;
  /** Whether the server is an author's desk (`slipway dev`): pages hear of changes. */
  desk: boolean;
  paths: Paths;
  /** By the name of a course's image. */
  images: Record<string, ImageEntry>;
}

/** What was built from an image.yaml. */
export interface ImageEntry {
  /** Identity of the root file system. */
  id: string;
  profile: Profile;
  network?: NonNullable<SandboxSpec['network']>;
}

/** What one sandbox may do to the host's network. */
export interface NetworkLimits {
  connections: number;
  /** In each direction. */
  bytesPerSecond: number;
  /** Ranges of IPv4 addresses that none reaches, besides private ones and the host's own. */
  shut: string[];
}

interface Paths {
  /** The copy of the program that the server's processes run from. */
  program: string;
  /** Folder of the built site. */
  site: string;
  /** The course manifest (site/course/manifest.ts). */
  courses: string;
  /** Holds the lessons' files, an archive a lesson, by the names that the manifest gives them. */
  lessonFiles: string;
  /** The native program. */
  native: string;
  /** The gateway's own folder: 0700, its user's. */
  gatewayData: string;
  /** The supervisor's own folder: 0700, root's. */
  supervisorData: string;
  supervisorSocket: string;
  /** Holds `<image id>/rootfs` and `<image id>/image.json`. */
  images: string;
  /** Holds a folder for each layer of files that sandboxes are made with. */
  layers: string;
  /** Holds the access code, where access is by code. */
  accessCode: string;
  /** Holds the audit log: 0700, the gateway's user's. */
  audit: string;
  /** The operator's socket, in a folder that root and the gateway's user alone may enter. */
  operatorSocket: string;
}

export interface Prepared {
  sandboxes: Config['sandboxes'];
  registry: Config['registry']['mode'];
  /** The copy of the program that the gateway can read. */
  program: string;
  images: Config['images'];
  /** Folder of the author's desk, where the gateway finds `site/` and `courses.json`; otherwise they are in the program. */
  desk?: string;
}

export function composeConfig(settings: Settings, { sandboxes, registry, program, images, desk }: Prepared): Config {
  const { data, run } = settings;
  const gatewayData = join(data, 'gateway');
  const supervisorData = join(data, 'supervisor');
  return {
    host: settings.host,
    port: settings.port,
    urls: settings.url,
    trustedProxies: settings.trustedProxies,
    access: settings.access,
    data,
    run,
    user: settings.user,
    runtime: settings.runtime,
    cgroup: settings.cgroup,
    idBase: settings.idBase,
    idCount: settings.idCount,
    limits: limitsOf(settings),
    networks: settings.networks,
    network: {
      connections: settings.networkConnections,
      bytesPerSecond: settings.networkRate,
      shut: settings.networkShut,
    },
    maxSandboxes: settings.maxSandboxes,
    poolSize: settings.pool,
    sandboxesPerLearner: settings.sandboxesPerLearner,
    sandboxesPerAddress: settings.sandboxesPerAddress,
    startsPerLearner: settings.startsPerLearner,
    startsPerAddress: settings.startsPerAddress,
    learnersPerAddress: settings.learnersPerAddress,
    queueLength: settings.queueLength,
    minFreeMemoryBytes: settings.minFreeMemory,
    minFreeDiskBytes: settings.minFreeDisk,
    idleFreezeMs: settings.idleFreeze,
    idleStopMs: settings.idleStop,
    expiryMs: settings.expiry,
    extendMs: settings.extend,
    sessionTimeMs: settings.sessionTime,
    sessionExtendMs: settings.sessionExtend,
    startTimeoutMs: settings.startTimeout,
    busyAfterMs: settings.busyAfter,
    busyShare: settings.busyShare,
    engineIdleMs: settings.engineIdle,
    logLevel: settings.logLevel,
    auditKeepMs: settings.auditKeep,
    ...(settings.metrics && { metrics: settings.metrics }),
    sandboxes,
    registry:
      registry === 'on'
        ? {
            mode: 'on',
            shared: socketOf(join(run, 'registry'), 'shared'),
            mine: socketOf(join(run, 'registry'), 'mine'),
          }
        : { mode: 'off' },
    registryBytes: settings.registrySize,
    desk: desk !== undefined,
    paths: {
      program,
      site: join(desk ?? join(program, 'build'), 'site'),
      courses: join(desk ?? join(program, 'build'), 'courses.json'),
      lessonFiles: join(desk ?? join(program, 'build'), 'lesson-files'),
      native: join(program, 'build', 'slipway-native'),
      gatewayData,
      supervisorData,
      supervisorSocket: join(run, 'supervisor.sock'),
      images: join(supervisorData, 'images'),
      layers: join(supervisorData, 'layers'),
      accessCode: join(gatewayData, ACCESS_CODE_FILE),
      audit: join(gatewayData, 'audit'),
      operatorSocket: operatorSocketIn(run),
    },
    images,
  };
}

export function operatorSocketIn(run: string): string {
  return join(run, 'operator', 'operator.sock');
}

function limitsOf(settings: Settings): Config['limits'] {
  const standard: SandboxLimits = {
    memoryBytes: settings.memory,
    cpus: settings.cpus,
    processes: settings.processes,
    diskBytes: settings.disk,
    inodes: settings.inodes,
    openFiles: settings.openFiles,
    diskBytesPerSecond: settings.diskRate,
  };
  const containers: SandboxLimits = {
    ...standard,
    memoryBytes: settings.engineMemory,
    processes: settings.engineProcesses,
    diskBytes: settings.engineDisk,
    inodes: settings.engineInodes,
  };
  return { standard, containers };
}

/** Reads what `composeConfig` made and `start` wrote. */
export function readConfig(path: string): Config {
  return JSON.parse(readFileSync(path, 'utf8')) as Config;
}
