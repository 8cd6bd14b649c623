/** What image.yaml may say: what a course's sandboxes are made from. Strict, so that a slip of the pen is an error. */
import { z } from 'zod';

import { told } from '../../../site/course/schema.ts';
import { debianPackage, debianSuite, registrySchema } from '../../registry/images/schema.ts';

export const imageSchema = z.strictObject({
  /** Its name; course.yaml's `image` names it. */
  name: told(
    z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'expected lower-case letters, digits and hyphens, a letter first'),
    'what `image` in `course.yaml` names: a letter, then at most 40 lower-case letters, digits and hyphens; each name once',
    'name: first-steps',
  ),
  /** What its sandboxes may do. `containers` is for lessons that run Docker, or make namespaces by hand. */
  profile: told(
    z.enum(['standard', 'containers']).default('standard'),
    'what its sandboxes may do: `standard` or `containers`',
    'profile: containers',
  ),
  /** What its sandboxes reach. */
  network: told(
    z.enum(['none', 'internet']).default('none'),
    'what its sandboxes reach: `none`, or `internet` where whoever runs the server allows it ([networks.md](networks.md))',
    'network: internet',
  ),
  from: told(
    z.strictObject({
      /** Made from Debian packages. */
      debian: z.strictObject({
        suite: told(debianSuite, '`bookworm` (12) or `trixie` (13)', 'suite: bookworm'),
        packages: told(
          z.array(debianPackage).default([]),
          'Debian packages besides the essential ones; what they recommend does not come with them',
          'packages: [less, procps]',
        ),
      }),
    }),
    'what it is made from: `debian`, with a suite and packages',
    'from: { debian: { suite: bookworm } }',
  ),
  /** Whom the learner is. */
  user: z
    .strictObject({
      name: told(
        z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected lower-case letters, digits and hyphens, a letter first'),
        'the learner’s user name: a letter, then at most 30 lower-case letters, digits and hyphens',
        'name: learner',
      ),
    })
    .default({ name: 'learner' }),
  /** Images that the course's learners find in the class registry. */
  registry: told(
    registrySchema.default([]),
    'a list of images that learners’ container engines find without internet; docs/images.md has its keys',
    'registry: [{ name: alpine, tags: ["3.20"], pull: docker.io/library/alpine:3.20 }]',
  ),
});

export type ImageDescription = z.infer<typeof imageSchema>;
export type Suite = ImageDescription['from']['debian']['suite'];

/** The learner's user and group id in every image: init and the courses' files count on it. */
export const LEARNER_ID = 1000;
