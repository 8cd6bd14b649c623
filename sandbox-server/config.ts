/** What the gateway and the supervisor run on: every setting resolved, and where the stages of a start put things. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Settings } from './config/resolve.ts';
import type { ErrorCode } from './protocol/errors.ts';
import { socketOf } from './registry/configuration.ts';
import type { SandboxLimits } from './sandbox/driver.ts';

export { ConfigProblem } from './config/problem.ts';
export { resolveSettings, type Settings, withPort } from './config/resolve.ts';

export interface Config {
  host: string;
  /** 0: any that is free. */
  port: number;
  /** Origins that the server is reached under. With port 0 they end in `:0` until `withPort`. */
  urls: string[];
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
  limits: SandboxLimits;
  maxSandboxes: number;
  /** 0: never. So with the next two. */
  idleFreezeMs: number;
  idleStopMs: number;
  expiryMs: number;
  startTimeoutMs: number;
  logLevel: Settings['logLevel'];
  sandboxes: { mode: 'on' } | { mode: 'off'; code: ErrorCode };
  /** The class registry: the sockets of what all may read, and of what learners push. */
  registry: { mode: 'on'; shared: string; mine: string } | { mode: 'off' };
  paths: Paths;
  /** Name of a course's image → identity of what was built from it. */
  images: Record<string, string>;
}

interface Paths {
  /** The copy of the program that the server's processes run from. */
  program: string;
  /** Folder of the built site. */
  site: string;
  /** The course manifest (site/course/manifest.ts). */
  courses: string;
  /** The native program. */
  native: string;
  /** The gateway's own folder: 0700, its user's. */
  gatewayData: string;
  /** The supervisor's own folder: 0700, root's. */
  supervisorData: string;
  supervisorSocket: string;
  /** Holds `<image id>/rootfs` and `<image id>/image.json`. */
  images: string;
  /** Holds the access code, where access is by code. */
  accessCode: string;
}

export interface Prepared {
  sandboxes: Config['sandboxes'];
  registry: Config['registry']['mode'];
  /** The copy of the program that the gateway can read. */
  program: string;
  images: Record<string, string>;
}

export function composeConfig(settings: Settings, { sandboxes, registry, program, images }: Prepared): Config {
  const { data, run } = settings;
  const gatewayData = join(data, 'gateway');
  const supervisorData = join(data, 'supervisor');
  return {
    host: settings.host,
    port: settings.port,
    urls: settings.url,
    access: settings.access,
    data,
    run,
    user: settings.user,
    runtime: settings.runtime,
    cgroup: settings.cgroup,
    idBase: settings.idBase,
    idCount: settings.idCount,
    limits: {
      memoryBytes: settings.memory,
      cpus: settings.cpus,
      processes: settings.processes,
      diskBytes: settings.disk,
      inodes: settings.inodes,
      openFiles: settings.openFiles,
      diskBytesPerSecond: settings.diskRate,
    },
    maxSandboxes: settings.maxSandboxes,
    idleFreezeMs: settings.idleFreeze,
    idleStopMs: settings.idleStop,
    expiryMs: settings.expiry,
    startTimeoutMs: settings.startTimeout,
    logLevel: settings.logLevel,
    sandboxes,
    registry:
      registry === 'on'
        ? {
            mode: 'on',
            shared: socketOf(join(run, 'registry'), 'shared'),
            mine: socketOf(join(run, 'registry'), 'mine'),
          }
        : { mode: 'off' },
    paths: {
      program,
      site: join(program, 'build', 'site'),
      courses: join(program, 'build', 'courses.json'),
      native: join(program, 'build', 'slipway-native'),
      gatewayData,
      supervisorData,
      supervisorSocket: join(run, 'supervisor.sock'),
      images: join(supervisorData, 'images'),
      accessCode: join(gatewayData, 'access-code'),
    },
    images,
  };
}

/** Reads what `composeConfig` made and `start` wrote. */
export function readConfig(path: string): Config {
  return JSON.parse(readFileSync(path, 'utf8')) as Config;
}
