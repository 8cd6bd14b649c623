/** How Debian's skopeo fetches an image into an OCI image layout. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Blobs that are there whole are not fetched again. */
export const pullCommand = (reference: string, layout: string) => [
  'skopeo',
  'copy',
  '--retry-times=2',
  '--override-os=linux',
  `docker://${reference}`,
  `oci:${layout}`,
];

/** skopeo fetches into files of this name, and leaves one where it was killed. */
const HALF_BLOB = /^oci-put-blob/;

export function removeHalfBlobs(layout: string): void {
  for (const name of readdirSync(layout)) if (HALF_BLOB.test(name)) rmSync(join(layout, name));
}
