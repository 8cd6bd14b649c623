/**
 * The OCI runtime configuration of a sandbox: what its processes see and may do. A pure function, so that a reader can
 * see all of it in one place and a test can hold it. Source: the OCI runtime specification 1.0.2.
 */
import { join } from 'node:path';
import type { SandboxSpec } from '../../driver.ts';
import { RESOLVER } from './network.ts';
import { PROFILES, type ProfileRules } from './profiles.ts';
import { seccompProfile } from './seccomp.ts';

/** Where init appears in the sandbox: on the /dev that the runtime makes, so that no image needs a place for it. */
export const INIT_PATH = '/dev/slipway-init';

/** Memory for /dev/shm, in bytes; it counts against the sandbox's memory. */
const SHM_BYTES = 64 * 1024 * 1024;
const SHM_PAGES = SHM_BYTES / 4096;

/** For /run, in bytes; it counts against the sandbox's memory. */
const RUN_BYTES = 32 * 1024 * 1024;

/** Pseudo-terminals: all sandboxes share the host's number of them. Enough for a terminal multiplexer's every window. */
const MAX_TERMINALS = 64;

/**
 * System V shared memory outlives its processes, so that ending them does not free it: bounded like /dev/shm, there is
 * always memory left for a shell that removes it. In pages of 4 KiB.
 */
const SYSCTL = { 'kernel.shmall': String(SHM_PAGES) };

export interface OciConfigInput {
  spec: SandboxSpec;
  /** Where `launch` mounts, in its own mount namespace: `root` is the root file system, `engine` a folder of the disk. */
  mountpoint: string;
  /** The native program on the host. */
  native: string;
  ids: { base: number; size: number };
  /** The user namespace to join; absent: a new one. */
  userNamespace?: string;
  /** cgroup path from each hierarchy's root; the learner's processes and the cgroup namespace's root. */
  cgroup: string;
  /** How many descriptors init inherits: its socket and the learner's cgroup files. */
  inherited: number;
  arch: string;
  /** After how long an engine that nobody uses ends, in milliseconds; 0: never. */
  engineIdleMs: number;
  /** Whether it gets a way to the internet when it has started. */
  internet: boolean;
}

export function ociConfig(input: OciConfigInput): object {
  const { spec } = input;
  const rules = PROFILES[spec.profile];
  const mapping = [{ containerID: 0, hostID: input.ids.base, size: input.ids.size }];
  return {
    ociVersion: '1.0.2',
    hostname: spec.hostname,
    root: { path: join(input.mountpoint, 'root'), readonly: false },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      cwd: '/',
      args: [INIT_PATH, 'init'],
      env: [
        `LISTEN_FDS=${input.inherited}`,
        `SLIPWAY_PROFILE=${spec.profile}`,
        `SLIPWAY_ENGINE_IDLE_MS=${input.engineIdleMs}`,
        ...(input.internet ? [`SLIPWAY_RESOLVER=${RESOLVER}`] : []),
      ],
      noNewPrivileges: rules.noNewPrivileges,
      capabilities: { bounding: rules.capabilities, effective: rules.capabilities, permitted: rules.capabilities },
      // Limits of open files and core files are those of `launch`, which init inherits by way of the runtime.
    },
    mounts: mounts(input, rules),
    linux: {
      namespaces: [
        ...['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
        { type: 'user', ...(input.userNamespace !== undefined && { path: input.userNamespace }) },
      ],
      uidMappings: mapping,
      gidMappings: mapping,
      cgroupsPath: input.cgroup,
      // The runtime adds the usual harmless devices (null, zero, full, random, urandom, tty) and the pseudo-terminals.
      resources: {
        devices: [
          { allow: false, access: 'rwm' },
          ...rules.devices.map(({ major, minor }) => ({ allow: true, type: 'c', major, minor, access: 'rw' })),
        ],
      },
      seccomp: seccompProfile(input.arch, spec.profile),
      sysctl: SYSCTL,
      maskedPaths: rules.maskedPaths,
      readonlyPaths: rules.readOnlyPaths,
    },
  };
}

function mounts({ mountpoint, native }: OciConfigInput, rules: ProfileRules): object[] {
  const plain = ['nosuid', 'noexec', 'nodev'];
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: plain },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=64k'] },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5', `max=${MAX_TERMINALS}`],
    },
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: [...plain, 'mode=1777', `size=${SHM_BYTES}`],
    },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: plain },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...plain, rules.kernelFiles] },
    {
      destination: '/sys/fs/cgroup',
      type: 'cgroup',
      source: 'cgroup',
      options: [...plain, 'relatime', rules.kernelFiles],
    },
    { destination: INIT_PATH, type: 'bind', source: native, options: ['bind', 'ro', 'nosuid', 'nodev'] },
    ...rules.devices.map(({ name, path }) => ({
      destination: path,
      type: 'bind',
      source: join(mountpoint, 'devices', name),
      options: ['bind', 'nosuid', 'noexec'],
    })),
    ...(rules.engine ? engineMounts(mountpoint) : []),
  ];
}

/** A tmpfs holds what an engine must not find again after a restart; its data lie on the disk, beside the overlay. */
function engineMounts(mountpoint: string): object[] {
  return [
    {
      destination: '/run',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'nodev', 'mode=755', `size=${RUN_BYTES}`],
    },
    { destination: '/var/lib/docker', type: 'bind', source: join(mountpoint, 'engine'), options: ['bind'] },
  ];
}
