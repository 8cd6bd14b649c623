/** What tells the profiles apart for the OCI runtime; what is the same for both stands in oci-config.ts. */
import type { Profile } from '../../driver.ts';

export interface ProfileRules {
  /** They hold in the sandbox's own user namespace only, and for its root. */
  capabilities: readonly string[];
  noNewPrivileges: boolean;
  maskedPaths: readonly string[];
  readOnlyPaths: readonly string[];
  /** How /sys and the control groups are mounted. */
  kernelFiles: 'ro' | 'rw';
  /** Character devices beyond the usual harmless ones; `launch` makes a node `name` of each. */
  devices: readonly { name: string; path: string; major: number; minor: number }[];
  /** Whether a container engine may run inside: a /run of its own, a volume for its data, control groups of its own. */
  engine: boolean;
}

/** Docker's default capabilities less NET_RAW (raw sockets) and MKNOD (device nodes). */
const ORDINARY = [
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

/**
 * What is left of all capabilities. A process in a user namespace may make another and has every capability in there, so
 * that withholding one from the namespace's root keeps nobody from it; but the engine refuses `docker run --privileged`
 * where one is missing. None of them holds for anything that the sandbox's namespaces do not own.
 */
const OF_AN_ENGINE = [
  'CAP_AUDIT_CONTROL',
  'CAP_AUDIT_READ',
  'CAP_BLOCK_SUSPEND',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
  'CAP_DAC_READ_SEARCH',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_LEASE',
  'CAP_LINUX_IMMUTABLE',
  'CAP_MAC_ADMIN',
  'CAP_MAC_OVERRIDE',
  'CAP_MKNOD',
  'CAP_NET_ADMIN',
  'CAP_NET_BROADCAST',
  'CAP_NET_RAW',
  'CAP_PERFMON',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYSLOG',
  'CAP_SYS_MODULE',
  'CAP_SYS_NICE',
  'CAP_SYS_PACCT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_WAKE_ALARM',
];

export const PROFILES: Record<Profile, ProfileRules> = {
  standard: {
    capabilities: ORDINARY,
    noNewPrivileges: true,
    // Paths that tell about, or act on, the host.
    maskedPaths: [
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
      '/sys/devices/virtual/block',
      '/sys/devices/virtual/powercap',
      '/sys/firmware',
      '/sys/kernel',
    ],
    readOnlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys'],
    kernelFiles: 'ro',
    devices: [],
    engine: false,
  },
  containers: {
    capabilities: [...ORDINARY, ...OF_AN_ENGINE],
    // sudo becomes root.
    noNewPrivileges: false,
    // The kernel lets a user namespace mount /proc and /sys anew, as each container inside needs, only where it sees all
    // of them. What would act on the host belongs to the host's root, whom no id in here stands for.
    maskedPaths: [],
    readOnlyPaths: [],
    kernelFiles: 'rw',
    devices: [
      { name: 'fuse', path: '/dev/fuse', major: 10, minor: 229 },
      { name: 'tun', path: '/dev/net/tun', major: 10, minor: 200 },
    ],
    engine: true,
  },
};
