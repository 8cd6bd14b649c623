/** Every setting, in one place: arguments, environment, configuration file, --help and docs/configuration.md come from it. */
import { isLoopback, sandboxesThatFit } from './defaults.ts';
import {
  address,
  duration,
  folder,
  ipRange,
  type Kind,
  listener,
  number,
  oneOf,
  origin,
  proxy,
  size,
  sizeOf,
  systemName,
  wholeNumber,
} from './values.ts';

/** What a default may depend on. Given, so that resolving is a function of its arguments. */
export interface HostFacts {
  linux: boolean;
  root: boolean;
  memoryBytes: number;
  /** IPv4 addresses of every interface but loopback. */
  addresses: string[];
  cwd: string;
  /** Folders for an ordinary user's data and run-time files. */
  userData: string;
  userRun: string;
  /** The courses that come with the program. */
  lessons: string;
}

interface Setting<T> extends Kind<T> {
  group: Group;
  /** What stands for the value in --help. */
  value: string;
  doc: string;
  /** As it would be written, or what to work it out from. */
  fallback: string | { text: string; of: (host: HostFacts, others: Others) => string };
  /** May be given several times; the value is a list. */
  many?: true;
}

/** Values of settings that stand before this one in the table. */
type Others = Record<string, unknown>;

export const GROUPS = [
  'Address',
  'Places',
  'Sandboxes',
  'Limits for all',
  'One sandbox',
  'One sandbox with Docker',
  'Network',
  'Time',
  'Host ids',
  'Log',
] as const;
type Group = (typeof GROUPS)[number];

/** A Unix socket's path has at most 107 bytes, and those of sandboxes take up to 67 below this folder. */
export const LONGEST_RUN = 40;

const setting = <T>(entry: Setting<T>) => entry;
const list = <T>(entry: Omit<Setting<T>, 'many'>) => ({ ...entry, many: true as const });

/** Names are keys of the configuration file; `idleStop` is `--idle-stop` and `SLIPWAY_IDLE_STOP`. */
export const SETTINGS = {
  host: setting({
    group: 'Address',
    value: 'ADDRESS',
    doc: 'Address to listen on. Any but a loopback address lets others in your network in.',
    fallback: '127.0.0.1',
    ...address,
  }),
  port: setting({
    group: 'Address',
    value: 'PORT',
    doc: 'Port to listen on.',
    fallback: '8080',
    ...wholeNumber(0, 65535, '; 0 for any that is free'),
  }),
  url: list({
    group: 'Address',
    value: 'URL',
    doc: 'An origin that the server is reached under; requests under other names are refused. May be given several times.',
    fallback: {
      text: 'http:// with the port and: 127.0.0.1, localhost, [::1], the address of `host`, and for 0.0.0.0 every address of this machine',
      of: () => '',
    },
    ...origin,
  }),
  trustedProxies: list({
    group: 'Address',
    value: 'ADDRESS',
    doc: 'Reverse proxy whose X-Forwarded-For and X-Forwarded-Proto are believed; of everybody else these headers say nothing. May be given several times.',
    fallback: { text: 'none', of: () => '' },
    ...proxy,
  }),
  access: setting({
    group: 'Address',
    value: 'open|code',
    doc: 'Who may come in: whoever opens the address, or who has the access code that stands in the printed address.',
    fallback: {
      text: 'open on a loopback address, code on any other',
      of: (_, { host }) => (isLoopback(host as string) ? 'open' : 'code'),
    },
    ...oneOf('open', 'code'),
  }),
  data: setting({
    group: 'Places',
    value: 'DIR',
    doc: 'Folder of all that is kept: learners’ work, images, the database, logs.',
    fallback: {
      text: '/var/lib/slipway; without root ~/.local/share/slipway',
      of: (host) => (host.root ? '/var/lib/slipway' : host.userData),
    },
    ...folder,
  }),
  lessons: setting({
    group: 'Places',
    value: 'DIR',
    doc: 'Folder of the courses, with school.yaml where a school has its own name and colours.',
    fallback: { text: 'lessons in the folder of the program', of: (host) => host.lessons },
    ...folder,
  }),
  run: setting({
    group: 'Places',
    value: 'DIR',
    doc: 'Folder of sockets and what lives as long as the machine is up.',
    fallback: {
      text: '/run/slipway; without root $XDG_RUNTIME_DIR/slipway',
      of: (host) => (host.root ? '/run/slipway' : host.userRun),
    },
    ...folder,
    allowed: `a folder whose path has at most ${LONGEST_RUN} characters`,
  }),
  user: setting({
    group: 'Places',
    value: 'NAME',
    doc: 'System user that serves the network. Made where it does not exist. Never root.',
    fallback: 'slipway',
    ...systemName,
  }),
  runtime: setting({
    group: 'Sandboxes',
    value: 'NAME',
    doc: 'OCI runtime that starts containers. auto takes crun where it works, else runc.',
    fallback: 'auto',
    ...oneOf('auto', 'crun', 'runc'),
  }),
  cgroup: setting({
    group: 'Sandboxes',
    value: 'NAME',
    doc: 'Control group that holds the groups of all sandboxes.',
    fallback: 'slipway',
    ...systemName,
  }),
  memory: setting({
    group: 'One sandbox',
    value: 'SIZE',
    doc: 'Memory of all its processes and in-memory files together. There is no swap.',
    fallback: '512MiB',
    ...size('32MiB'),
  }),
  engineMemory: setting({
    group: 'One sandbox with Docker',
    value: 'SIZE',
    doc: 'Memory, in place of `memory`: of the engine, its containers and everything else together.',
    fallback: '1GiB',
    ...size('256MiB'),
  }),
  maxSandboxes: setting({
    group: 'Sandboxes',
    value: 'N',
    doc: 'How many may run at once. Who comes later waits in a queue.',
    fallback: {
      text: '(memory of this machine − 1 GiB) ÷ (the larger of memory and engine-memory ÷ 4), at least 1',
      of: (host, { memory, engineMemory }) =>
        String(sandboxesThatFit(host.memoryBytes, Math.max(memory as number, engineMemory as number))),
    },
    ...wholeNumber(1, 100_000),
  }),
  pool: setting({
    group: 'Sandboxes',
    value: 'N',
    doc: 'How many may run ahead and wait for learners, who find them at once: one of each course’s image, and as many as were asked for in the last minutes. They give way to learners’ own. With 0 there is none.',
    fallback: '8',
    ...wholeNumber(0, 1000),
  }),
  queueLength: setting({
    group: 'Limits for all',
    value: 'N',
    doc: 'How many learners may wait for a place; who comes later is told to come again. One address gets half of it.',
    fallback: '300',
    ...wholeNumber(1, 100_000),
  }),
  sandboxesPerLearner: setting({
    group: 'Limits for all',
    value: 'N',
    doc: 'How many sandboxes of one learner may run at once, one a course. One that they do not look at is stopped for another.',
    fallback: '2',
    ...wholeNumber(0, 100_000, '; 0 for as many as they like'),
  }),
  sandboxesPerAddress: setting({
    group: 'Limits for all',
    value: 'N',
    doc: 'How many sandboxes may run at once of all learners who come from one address. A class may sit behind one.',
    fallback: '0',
    ...wholeNumber(0, 100_000, '; 0 for as many as they like'),
  }),
  startsPerLearner: setting({
    group: 'Limits for all',
    value: 'N',
    doc: 'How many sandboxes one learner may start a minute, resets to a task included. Who does more waits.',
    fallback: '12',
    ...wholeNumber(0, 100_000, '; 0 for as many as they like'),
  }),
  startsPerAddress: setting({
    group: 'Limits for all',
    value: 'N',
    doc: 'The same for all learners who come from one address. A class may sit behind one and start in the same minute.',
    fallback: '120',
    ...wholeNumber(0, 100_000, '; 0 for as many as they like'),
  }),
  learnersPerAddress: setting({
    group: 'Limits for all',
    value: 'N',
    doc: 'How many new learners may come from one address a minute.',
    fallback: '150',
    ...wholeNumber(1, 100_000),
  }),
  minFreeMemory: setting({
    group: 'Limits for all',
    value: 'SIZE',
    doc: 'Memory of this machine that is left alone: where less would be available no sandbox starts, and sandboxes that nobody looks at are stopped.',
    fallback: {
      text: '512MiB, or an eighth of this machine’s memory where that is less',
      of: ({ memoryBytes }) => String(Math.min(sizeOf('512MiB'), Math.floor(memoryBytes / 8))),
    },
    ...size('0'),
  }),
  minFreeDisk: setting({
    group: 'Limits for all',
    value: 'SIZE',
    doc: 'Space that is left alone where sandboxes’ disks are kept: with less no new disk is made.',
    fallback: '512MiB',
    ...size('0'),
  }),
  cpus: setting({
    group: 'One sandbox',
    value: 'N',
    doc: 'Processors it may keep busy.',
    fallback: '1',
    ...number(0.1, 1024),
  }),
  processes: setting({
    group: 'One sandbox',
    value: 'N',
    doc: 'Processes and threads.',
    fallback: '256',
    ...wholeNumber(32, 100_000),
  }),
  disk: setting({
    group: 'One sandbox',
    value: 'SIZE',
    doc: 'Size of its disk. Takes room on this machine only as it fills.',
    fallback: '2GiB',
    ...size('32MiB'),
  }),
  inodes: setting({
    group: 'One sandbox',
    value: 'N',
    doc: 'Files and folders its disk can hold.',
    fallback: '131072',
    ...wholeNumber(1024, 2 ** 31),
  }),
  openFiles: setting({
    group: 'One sandbox',
    value: 'N',
    doc: 'Open files of one process, where this machine’s own limit is not lower.',
    fallback: '4096',
    ...wholeNumber(256, 2 ** 20),
  }),
  diskRate: setting({
    group: 'One sandbox',
    value: 'SIZE',
    doc: 'Bytes per second read from its disk, and as many written.',
    fallback: '100MB',
    ...size('1MB', ' per second'),
  }),
  engineProcesses: setting({
    group: 'One sandbox with Docker',
    value: 'N',
    doc: 'Processes and threads, in place of `processes`: an engine has 30, and 12 for each container.',
    fallback: '1024',
    ...wholeNumber(256, 100_000),
  }),
  engineDisk: setting({
    group: 'One sandbox with Docker',
    value: 'SIZE',
    doc: 'Size of the disk, in place of `disk`: images and containers are on it.',
    fallback: '4GiB',
    ...size('256MiB'),
  }),
  engineInodes: setting({
    group: 'One sandbox with Docker',
    value: 'N',
    doc: 'Files and folders the disk can hold, in place of `inodes`.',
    fallback: '262144',
    ...wholeNumber(1024, 2 ** 31),
  }),
  registrySize: setting({
    group: 'One sandbox with Docker',
    value: 'SIZE',
    doc: 'What it may store in the class registry, as registry.local/mine/NAME.',
    fallback: '500MB',
    ...size('1MB'),
  }),
  engineIdle: setting({
    group: 'One sandbox with Docker',
    value: 'TIME',
    doc: 'How long an engine that runs no container, and that nobody is connected to, keeps its memory. It starts again when it is used.',
    fallback: '5min',
    ...duration('min', { orNever: true }),
  }),
  networks: list({
    group: 'Network',
    value: 'none|internet',
    doc: 'What courses’ sandboxes may reach, where their image.yaml asks for it. internet: DNS and TCP to public addresses. May be given several times; none is always allowed.',
    fallback: 'none',
    ...oneOf('none', 'internet'),
  }),
  networkRate: setting({
    group: 'Network',
    value: 'SIZE',
    doc: 'Bytes per second that one sandbox gets from the internet, and as many that it sends.',
    fallback: '5MB',
    ...size('10kB', ' per second'),
  }),
  networkConnections: setting({
    group: 'Network',
    value: 'N',
    doc: 'Connections to the internet that one sandbox may have at once.',
    fallback: '128',
    ...wholeNumber(1, 4096),
  }),
  networkShut: list({
    group: 'Network',
    value: 'RANGE',
    doc: 'IPv4 addresses that no sandbox reaches, besides private ones and this machine’s own: those of your organisation, for example. May be given several times.',
    fallback: { text: 'none', of: () => '' },
    ...ipRange,
  }),
  idleFreeze: setting({
    group: 'Time',
    value: 'TIME',
    doc: 'How long after its learner was last there a sandbox is frozen: it keeps its memory and uses no processor.',
    fallback: '10min',
    ...duration('min', { orNever: true }),
  }),
  idleStop: setting({
    group: 'Time',
    value: 'TIME',
    doc: 'How long after its learner was last there a sandbox is stopped: its files are kept, its programs end.',
    fallback: '60min',
    ...duration('min', { orNever: true }),
  }),
  expiry: setting({
    group: 'Time',
    value: 'TIME',
    doc: 'How long after its learner was last there a sandbox is deleted with its files.',
    fallback: '7d',
    ...duration('d', { orNever: true }),
  }),
  extend: setting({
    group: 'Time',
    value: 'TIME',
    doc: 'How much longer than `expiry`, from the moment they ask, learners may have their files kept. They may ask again; it does not add up.',
    fallback: '7d',
    ...duration('d', { orNever: true }),
  }),
  busyAfter: setting({
    group: 'Time',
    value: 'TIME',
    doc: 'How long a sandbox may use more than 80 % of its processors with nobody there, before it is slowed down. It gets them back when its learner comes or it becomes quiet.',
    fallback: '5min',
    ...duration('min', { orNever: true }),
  }),
  busyShare: setting({
    group: 'Time',
    value: 'N',
    doc: 'Part of its processors that a sandbox keeps which was slowed down.',
    fallback: '0.1',
    ...number(0.01, 1),
  }),
  sessionTime: setting({
    group: 'Time',
    value: 'TIME',
    doc: 'How long a sandbox may run in one go, whoever looks at it. Then it is stopped: its files are kept, its programs end.',
    fallback: '0',
    ...duration('min', { orNever: true }),
  }),
  sessionExtend: setting({
    group: 'Time',
    value: 'TIME',
    doc: 'How much longer, from the moment they ask, learners may have their sandbox run where sessionTime is set and nobody waits. They may ask again; it does not add up.',
    fallback: '30min',
    ...duration('min', { orNever: true }),
  }),
  startTimeout: setting({
    group: 'Time',
    value: 'TIME',
    doc: 'How long the start of a sandbox may take.',
    fallback: '20s',
    ...duration('s', { mostDays: 1 }),
  }),
  idBase: setting({
    group: 'Host ids',
    value: 'N',
    doc: 'First of the user and group ids of this machine that sandboxes get. Nothing else may use them.',
    fallback: '1879048192',
    ...wholeNumber(65536, 4_294_836_224),
  }),
  idCount: setting({
    group: 'Host ids',
    value: 'N',
    doc: 'How many ids. A sandbox takes 65536 for as long as its disk is kept, one with Docker 131072.',
    fallback: '268435456',
    ...wholeNumber(65536, 4_294_836_224),
  }),
  logLevel: setting({
    group: 'Log',
    value: 'LEVEL',
    doc: 'What is written to the log files in the data folder. Warnings are shown on the terminal besides.',
    fallback: 'info',
    ...oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace'),
  }),
  auditKeep: setting({
    group: 'Log',
    value: 'TIME',
    doc: 'How long the audit log is kept: which learner had which sandbox when, from which address. With 0 there is none.',
    fallback: '30d',
    ...duration('d', { orNever: true }),
  }),
  metrics: setting({
    group: 'Log',
    value: 'ADDRESS:PORT',
    doc: 'Where /metrics is served for Prometheus. Whoever reaches it reads it: give it an address that learners do not reach.',
    fallback: 'none',
    ...listener,
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];
