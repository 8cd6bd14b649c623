/** Labels that say what an image is and what it is not: a learner who looks must not take it for the official one. */
import type { Versions } from './debian.ts';
import type { RegistryImageDescription } from './schema.ts';

/** In every image that has a package database: its version is that of the Debian. */
const BASE = 'base-files';

/** `versions`: of the packages in it, where it was made from packages here. */
export function labelsOf({ name, debian }: RegistryImageDescription, versions?: Versions): Record<string, string> {
  const made = debian ? `Debian ${debian.suite} packages` : 'a Dockerfile of the course';
  const labels: Record<string, string> = {
    'org.opencontainers.image.title': name,
    'org.opencontainers.image.description': `${name}, built by Slipway from ${made} for a class without internet. Not the image of that name on Docker Hub.`,
    'org.opencontainers.image.vendor': 'Slipway',
  };
  if (!debian || !versions) return labels;
  const named = debian.packages.length > 0 ? debian.packages : [BASE];
  const list = named.flatMap((wanted) => (versions.has(wanted) ? [`${wanted}=${versions.get(wanted)}`] : []));
  return {
    ...labels,
    'org.opencontainers.image.version': versions.get(named[0]!) ?? debian.suite,
    'slipway.debian.suite': debian.suite,
    'slipway.debian.packages': list.join(' '),
  };
}
