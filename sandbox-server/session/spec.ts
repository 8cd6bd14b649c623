/** What a learner's sandbox is made of. */
import type { Config, ImageEntry } from '../config.ts';
import type { LayerId, SandboxSpec } from '../sandbox/driver.ts';

export function specOf(
  { id, profile, network }: ImageEntry,
  limits: Config['limits'],
  layers: readonly LayerId[] = [],
): SandboxSpec {
  return {
    image: id,
    profile,
    hostname: 'slip',
    limits: limits[profile],
    ...(network ? { network } : {}),
    ...(layers.length > 0 ? { layers: [...layers] } : {}),
  };
}

/** Of each course's sandbox as it begins, each kind once. */
export function specsOf(
  courses: Iterable<{ image: string }>,
  { images, limits }: Pick<Config, 'images' | 'limits'>,
): SandboxSpec[] {
  const names = new Set([...courses].map(({ image }) => image));
  return [...names].flatMap((name) => (images[name] ? [specOf(images[name], limits)] : []));
}
