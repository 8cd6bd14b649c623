/** What image.yaml may say: what a course's sandboxes are made from. Strict, so that a slip of the pen is an error. */
import { z } from 'zod';

import { debianPackage, debianSuite, registrySchema } from '../../registry/images/schema.ts';

export const imageSchema = z.strictObject({
  /** Its name; course.yaml's `image` names it. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'expected lower-case letters, digits and hyphens, a letter first'),
  /** What its sandboxes may do. `containers` is for lessons that run Docker, or make namespaces by hand. */
  profile: z.enum(['standard', 'containers']).default('standard'),
  from: z.strictObject({
    /** Made from Debian packages. */
    debian: z.strictObject({
      suite: debianSuite,
      /** Packages besides Debian's essential ones. What they recommend does not come with them. */
      packages: z.array(debianPackage).default([]),
    }),
  }),
  /** Whom the learner is. */
  user: z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected lower-case letters, digits and hyphens, a letter first'),
    })
    .default({ name: 'learner' }),
  /** Images that the course's learners find in the class registry. */
  registry: registrySchema.default([]),
});

export type ImageDescription = z.infer<typeof imageSchema>;
export type Suite = ImageDescription['from']['debian']['suite'];

/** The learner's user and group id in every image: init and the courses' files count on it. */
export const LEARNER_ID = 1000;
