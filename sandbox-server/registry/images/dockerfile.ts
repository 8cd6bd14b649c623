/** How Debian's buildah builds a folder with a Dockerfile into an OCI image layout. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Short names are Docker Hub's, as Docker has them. */
const SHORT_NAMES = 'unqualified-search-registries = ["docker.io"]\n';

export interface DockerfileBuild {
  /** Folder of the Dockerfile. */
  folder: string;
  /** Empty folder for buildah's storage; holds `layout` already, which receives the image. */
  half: string;
  /** Docker Hub's name of the image, with a tag. */
  reference: string;
  labels: Record<string, string>;
  /** What it is FROM, of this registry: the full reference and the layout of each. */
  bases: readonly { reference: string; layout: string }[];
}

/** Commands one after the other, with the environment of all. */
export function dockerfileCommands({ folder, half, reference, labels, bases }: DockerfileBuild) {
  const names = join(half, 'registries.conf');
  writeFileSync(names, SHORT_NAMES);
  const [root, state] = [join(half, 'storage'), join(half, 'state')];
  const buildah = ['buildah', '--storage-driver=vfs', `--root=${root}`, `--runroot=${state}`];
  const commands: string[][] = [
    ...bases.map((base) => [
      'skopeo',
      'copy',
      `oci:${base.layout}`,
      `containers-storage:[vfs@${root}+${state}]${base.reference}`,
    ]),
    [
      ...buildah,
      'bud',
      '--isolation=chroot',
      '--pull-never',
      ...Object.entries(labels).map(([name, value]) => `--label=${name}=${value}`),
      `--tag=${reference}`,
      folder,
    ],
    [...buildah, 'push', reference, `oci:${join(half, 'layout')}`],
  ];
  return { commands, env: { CONTAINERS_REGISTRIES_CONF: names } };
}
