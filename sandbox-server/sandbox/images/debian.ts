/** How mmdebstrap is called, and what its output tells about its progress. */
import type { Profile } from '../driver.ts';
import type { ImageDescription, Suite } from './schema.ts';

/** What every image has besides Debian's essential packages: what shell integration and `init` count on. */
const ALWAYS = ['bash', 'login', 'passwd'];
/** What a profile's sandboxes have besides: the engine of the suite, and how the learner becomes root. */
const OF_PROFILE: Record<Profile, Record<Suite, readonly string[]>> = {
  standard: { bookworm: [], trixie: [] },
  containers: { bookworm: ['docker.io', 'sudo'], trixie: ['docker.io', 'docker-cli', 'sudo'] },
};
/** Of no use in a sandbox, and half of the size. */
export const LEFT_OUT = [
  '/usr/share/doc/*',
  '/usr/share/info/*',
  '/usr/share/man/*',
  '/usr/share/locale/*',
  '/usr/share/lintian/*',
];

export interface DebianBuild {
  description: ImageDescription;
  rootfs: string;
  sourcesFile: string;
  /** Lines of `apt-config dump` about fetching: a host behind a proxy builds behind it too. */
  aptOptions: readonly string[];
}

export function debianCommand({ description, rootfs, sourcesFile, aptOptions }: DebianBuild): [string, ...string[]] {
  const { profile, from } = description;
  const { suite, packages } = from.debian;
  return [
    // Everything that it mounts and starts goes when it goes, and it goes when we do, however that happens.
    ...(['setpriv', '--pdeathsig=KILL', '--'] as const),
    ...([
      'unshare',
      '--mount',
      '--propagation=private',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      '--',
    ] as const),
    'mmdebstrap',
    '--verbose',
    '--mode=root',
    '--variant=essential',
    '--format=directory',
    '--skip=output/dev',
    `--include=${[...new Set([...ALWAYS, ...OF_PROFILE[profile][suite], ...packages])].join(',')}`,
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...aptOptions.map((option) => `--aptopt=${option}`),
    suite,
    rootfs,
    sourcesFile,
  ];
}

/** Beginnings of the lines that announce a step, with how far the build is then; measured on a build of 20 s. */
const STEPS: readonly [announcement: string, fraction: number][] = [
  ['I: running apt-get update', 0],
  ['I: downloading packages', 0.2],
  ['I: extracting archives', 0.35],
  ['I: installing essential', 0.5],
  ['I: installing remaining', 0.75],
  ['I: cleaning', 0.95],
];

/** Lines of apt and dpkg that are worth showing. */
const SHOWN = /^(?:Get:\d+ \S+ \S+ \S+ (?<fetched>\S+)|(?<done>Unpacking|Setting up) (?<unpacked>\S+))/;

export function createProgressReader(progress: (text: string, fraction: number) => void): (line: string) => void {
  let fraction = 0;
  return (line) => {
    const step = STEPS.find(([announcement]) => line.startsWith(announcement));
    if (step) fraction = step[1];
    const { fetched, done, unpacked } = SHOWN.exec(line)?.groups ?? {};
    if (step) progress(line.slice(3), fraction);
    else if (fetched) progress(`Fetching ${fetched}`, fraction);
    else if (unpacked) progress(`${done} ${unpacked}`, fraction);
  };
}
