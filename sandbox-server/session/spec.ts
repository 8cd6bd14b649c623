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
