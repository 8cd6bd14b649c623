/** The images that the courses describe, and what their registry needs of this host. */
import { discoverImages, type CourseImage, ImageProblem } from '../../sandbox/images/discover.ts';
import { type RegistryImage, registryImages } from '../../registry/images/discover.ts';
import { sourceOf } from '../../registry/images/schema.ts';
import type { PackageUse } from '../plain/debian-packages.mjs';
import { Failure } from '../plain/report.mjs';

export interface DescribedImages {
  sandbox: CourseImage[];
  registry: RegistryImage[];
}

/** Of all courses in these folders. Throws a `Failure` that names file and line. */
export function describedImages(lessons: readonly string[]): DescribedImages {
  try {
    const sandbox = lessons.flatMap(discoverImages);
    return { sandbox, registry: registryImages(sandbox) };
  } catch (error) {
    if (!(error instanceof ImageProblem)) throw error;
    throw new Failure({ what: error.message, mend: 'Correct it, then start again.' }, { cause: error });
  }
}

/** A class registry is for courses whose learners run a container engine, or that have images for one. */
export function registryMode({ sandbox, registry }: DescribedImages): 'on' | 'off' {
  const engines = sandbox.some(({ description }) => description.profile === 'containers');
  return engines || registry.length > 0 ? 'on' : 'off';
}

/** What Debian packages are needed for besides the usual; nothing where a description is wrong, which its own stage tells. */
export function packageUses(lessons: readonly string[]): PackageUse[] {
  try {
    const described = describedImages(lessons);
    const sources = new Set(described.registry.map(({ description }) => sourceOf(description)));
    return [
      ...(registryMode(described) === 'on' ? (['registry'] as const) : []),
      ...(['pull', 'dockerfile'] as const).filter((source) => sources.has(source)),
      ...(described.sandbox.some(({ description }) => description.network === 'internet')
        ? (['internet'] as const)
        : []),
    ];
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}
