/** Makes a registry image's root file system from Debian packages. */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { sourcesFor } from '../../sandbox/images/apt-sources.ts';
import { LEFT_OUT } from '../../sandbox/images/debian.ts';
import type { DebianSource, RegistryImageDescription } from './schema.ts';

/** What runs in it sees the build's mounts and processes alone, and goes when we go, however that happens. */
const APART = [
  'setpriv',
  '--pdeathsig=KILL',
  '--',
  'unshare',
  '--mount',
  '--propagation=private',
  '--pid',
  '--fork',
  '--kill-child',
] as const;

/** Engines mount over them. */
const MOUNT_POINTS = ['dev', 'proc', 'sys'];
/** What mmdebstrap puts there for its own use; some of it tells how the building host fetches. */
const BUILDERS = ['etc/apt/apt.conf.d/99mmdebstrap', 'etc/hostname', 'etc/resolv.conf'];
/** Where apt and dpkg are not, what belongs to them. */
const APTS = ['etc/apt', 'etc/dpkg', 'etc/fstab', 'var'];
/** What programs wrote there while they were installed differs from build to build. */
const WRITTEN = ['var/cache', 'var/lib/apt/lists', 'var/log'];
const EMPTIED = ['etc/machine-id'];
const BACKUPS = [
  'etc/passwd-',
  'etc/group-',
  'etc/shadow-',
  'etc/gshadow-',
  'etc/subuid-',
  'etc/subgid-',
  'etc/.pwd.lock',
];

export interface DebianBuild {
  debian: DebianSource;
  rootfs: string;
  /** apt's sources for the build. */
  sourcesFile: string;
  /** Lines of `apt-config dump` about fetching. */
  aptOptions: readonly string[];
}

export function debianCommand({ debian, rootfs, sourcesFile, aptOptions }: DebianBuild): [string, ...string[]] {
  const { suite, variant, packages } = debian;
  return [
    ...APART,
    '--mount-proc',
    '--',
    'mmdebstrap',
    '--verbose',
    '--mode=root',
    `--variant=${variant}`,
    '--format=directory',
    ...(packages.length > 0 ? [`--include=${packages.join(',')}`] : []),
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    // Who gives the files of others away has to name their licences.
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    ...aptOptions.map((option) => `--aptopt=${option}`),
    suite,
    rootfs,
    sourcesFile,
  ];
}

/** One of `setup`. */
export function setupCommand(rootfs: string, argv: readonly string[]): [string, ...string[]] {
  return [...APART, `--mount-proc=${join(rootfs, 'proc')}`, '--', 'chroot', rootfs, ...argv];
}

/** What a shell of Debian's has without a configuration. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of the build: what writes today's date writes the release's instead. */
export const buildEnvironment = ({ suite }: DebianSource, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  LC_ALL: 'C.UTF-8',
  SOURCE_DATE_EPOCH: String(Date.parse(RELEASED[suite]) / 1000),
});

const RELEASED: Record<DebianSource['suite'], string> = { bookworm: '2023-06-10', trixie: '2025-08-09' };

/** The environment of `setup`: nothing of the host's. */
export const setupEnvironment = ({ env = {} }: RegistryImageDescription) => ({
  PATH: DEFAULT_PATH,
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
  ...env,
});

export function makeMountPoints(rootfs: string): void {
  for (const folder of MOUNT_POINTS) mkdirSync(join(rootfs, folder), { recursive: true });
}

/** Takes away what the build leaves and what would differ the next time; apt gets Debian's public sources. */
export function tidy(rootfs: string, { suite, variant }: DebianSource): void {
  for (const folder of MOUNT_POINTS) {
    for (const name of readdirSync(join(rootfs, folder))) rmSync(join(rootfs, folder, name), { recursive: true });
  }
  const gone = variant === 'extract' ? [...BUILDERS, ...APTS] : [...BUILDERS, ...BACKUPS];
  for (const path of gone) rmSync(join(rootfs, path), { recursive: true, force: true });
  if (variant === 'extract') return;
  for (const folder of WRITTEN) removeFiles(join(rootfs, folder));
  for (const name of readdirSync(join(rootfs, 'var/lib/dpkg'))) {
    if (name.endsWith('-old')) rmSync(join(rootfs, 'var/lib/dpkg', name));
  }
  for (const path of EMPTIED) writeFileSync(join(rootfs, path), '');
  if (variant === 'minbase') writeFileSync(join(rootfs, 'etc/apt/sources.list'), sourcesFor(suite, []));
}

/** Folders stay: programs count on those of their packages. */
function removeFiles(folder: string): void {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeFiles(path);
    else rmSync(path);
  }
}

/**
 * Time of change of the newest file that comes from a package, in seconds since 1970. dpkg keeps the times of what it
 * unpacks, so that all else is younger than the build's beginning.
 */
export function newestFile(tree: string, began: Date): number {
  let newest = 0;
  const visit = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) {
        const { mtimeMs } = lstatSync(path);
        if (mtimeMs < began.getTime()) newest = Math.max(newest, Math.floor(mtimeMs / 1000));
      }
    }
  };
  visit(tree);
  return newest;
}

/** Lines by which apt tells what it fetches: `Get:1 http://… bookworm/main amd64 busybox-static amd64 1:1.35.0-4 [928 kB]`. */
const FETCHED = /^Get:\d+ \S+ \S+ \S+ (\S+) \S+ (\S+) \[/;

export type Versions = ReadonlyMap<string, string>;

/** Versions of the packages in it: from its own dpkg, or, where nothing was installed, from what apt said. */
export function versionsIn(rootfs: string, { variant }: DebianSource, aptLines: readonly string[]): Versions {
  if (variant === 'extract') {
    return new Map(
      aptLines.flatMap((line) => {
        const [, name, version] = FETCHED.exec(line) ?? [];
        return name ? [[name, version!]] : [];
      }),
    );
  }
  const format = '--showformat=${Package} ${Version}\\n';
  const output = execFileSync('dpkg-query', [`--admindir=${join(rootfs, 'var/lib/dpkg')}`, '--show', format], {
    encoding: 'utf8',
  });
  const lines = output.trim().split('\n');
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}
