/**
 * The OCI runtime configuration of a sandbox: what its processes see and may do. A pure function, so that a reader can
 * see all of it in one place and a test can hold it. Source: the OCI runtime specification 1.0.2.
 */
import type { SandboxSpec } from '../../driver.ts';
import { seccompProfile } from './seccomp.ts';

/** Where init appears in the sandbox: on the /dev that the runtime makes, so that no image needs a place for it. */
export const INIT_PATH = '/dev/slipway-init';

/**
 * Docker's default capabilities less NET_RAW (raw sockets) and MKNOD (device nodes). They hold in the sandbox's own user
 * namespace only, and for its root; the learner has none.
 */
const CAPABILITIES = [
  'CAP_AUDIT_WRITE',
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
];

/** Paths that tell about, or act on, the host. */
const MASKED_PATHS = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/kmsg',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/slabinfo',
  '/proc/sysrq-trigger',
  '/proc/timer_list',
  '/proc/timer_stats',
  // Tells every sandbox's disk by its path on the host.
  '/sys/devices/virtual/block',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  '/sys/kernel',
];
const READ_ONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys'];

/** Memory for /dev/shm, in bytes; it counts against the sandbox's memory. */
const SHM_BYTES = 64 * 1024 * 1024;
const SHM_PAGES = SHM_BYTES / 4096;

/** Pseudo-terminals: all sandboxes share the host's number of them. Enough for a terminal multiplexer's every window. */
const MAX_TERMINALS = 64;

/**
 * System V shared memory outlives its processes, so that ending them does not free it: bounded like /dev/shm, there is
 * always memory left for a shell that removes it. In pages of 4 KiB.
 */
const SYSCTL = { 'kernel.shmall': String(SHM_PAGES) };

export interface OciConfigInput {
  spec: SandboxSpec;
  /** Path of the root file system in `launch`'s mount namespace. */
  root: string;
  /** The native program on the host. */
  native: string;
  ids: { base: number; size: number };
  /** cgroup path from each hierarchy's root; the learner's processes and the cgroup namespace's root. */
  cgroup: string;
  /** How many descriptors init inherits: its socket and the learner's cgroup files. */
  inherited: number;
  /** The host's own limit of open files, which cannot be exceeded without privilege. */
  maxOpenFiles: number;
  arch: string;
}

export function ociConfig(input: OciConfigInput): object {
  const { spec } = input;
  const openFiles = Math.min(spec.limits.openFiles, input.maxOpenFiles);
  const mapping = [{ containerID: 0, hostID: input.ids.base, size: input.ids.size }];
  return {
    ociVersion: '1.0.2',
    hostname: spec.hostname,
    root: { path: input.root, readonly: false },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      cwd: '/',
      args: [INIT_PATH, 'init'],
      env: [`LISTEN_FDS=${input.inherited}`],
      noNewPrivileges: true,
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      rlimits: [
        { type: 'RLIMIT_NOFILE', soft: openFiles, hard: openFiles },
        { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
      ],
    },
    mounts: mounts(input.native),
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', 'user', 'cgroup'].map((type) => ({ type })),
      uidMappings: mapping,
      gidMappings: mapping,
      cgroupsPath: input.cgroup,
      // The runtime adds the usual harmless devices (null, zero, full, random, urandom, tty) and the pseudo-terminals.
      resources: { devices: [{ allow: false, access: 'rwm' }] },
      seccomp: seccompProfile(input.arch),
      sysctl: SYSCTL,
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READ_ONLY_PATHS,
    },
  };
}

function mounts(native: string): object[] {
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
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...plain, 'ro'] },
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...plain, 'relatime', 'ro'] },
    { destination: INIT_PATH, type: 'bind', source: native, options: ['bind', 'ro', 'nosuid', 'nodev'] },
  ];
}
