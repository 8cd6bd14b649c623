/** What image.yaml's `registry:` may say: images that learners find under Docker Hub's names in the class registry. */
import { z } from 'zod';

import { told } from '../../../site/course/schema.ts';

export const debianPackage = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'expected the name of a Debian package');
/** Debian's releases, pinned so that lessons print the same on every host. */
export const debianSuite = z.enum(['bookworm', 'trixie']);

const PART = '[a-z0-9]+(?:[._-][a-z0-9]+)*';
/** Docker Hub's own images are below it, though nobody writes it. */
const OFFICIAL = 'library';
/** Learners push there. */
const LEARNERS = 'mine';

const name = z
  .string()
  .regex(
    new RegExp(`^(?!(?:${OFFICIAL}|${LEARNERS})/)${PART}(?:/${PART})?$`),
    `expected a name as on Docker Hub, busybox or org/name; ${OFFICIAL}/ is implied, ${LEARNERS}/ is for learners' own`,
  );

const tag = z
  .string('expected a tag; one that looks like a number in quotes, as "1.20"')
  .regex(/^\w[\w.-]{0,127}$/, 'expected a tag: letters, digits, and . _ - but not in front');

const word = z.string('expected words; one that looks like a number in quotes').regex(/^[^\0]*$/, 'expected no NUL');
const command = z.array(word).min(1, 'expected at least the program');

export const registryImageSchema = z
  .strictObject({
    name,
    /** At least one. */
    tags: z.array(tag).min(1, 'expected at least one tag'),
    /** Made from Debian packages, in one layer. */
    debian: z
      .strictObject({
        suite: debianSuite,
        /**
         * What there is besides `packages`, in mmdebstrap's words. `extract`: nothing, and packages are unpacked and not
         * installed; `essential`: Debian's essential packages, without apt; `minbase`: a small Debian with apt.
         */
        variant: told(
          z.enum(['extract', 'essential', 'minbase']).default('minbase'),
          '`extract`: the packages alone, unpacked; `essential`: Debian without apt; `minbase`: a small Debian with apt',
          'variant: extract',
        ),
        packages: z.array(debianPackage).default([]),
        /** Commands, each a program and its arguments, that run in the root file system afterwards, as its root. */
        setup: told(
          z.array(command).default([]),
          'commands that run in it afterwards as root, each an array of a program and its arguments',
          'setup: [[/bin/busybox, --install, -s, /bin]]',
        ),
      })
      .optional(),
    /** Folder beside image.yaml that has a Dockerfile; it may say FROM any other entry. */
    dockerfile: z
      .string()
      .regex(/^[A-Za-z0-9_][\w.-]*$/, 'expected the name of a folder beside image.yaml')
      .optional(),
    /** Reference of an image that is fetched once, with its registry's host: docker.io/library/alpine:3.20. */
    pull: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9.-]*(?::\d+)?(?:\/[a-z0-9._-]+)+(?::\w[\w.-]{0,127}|@sha256:[0-9a-f]{64})$/,
        'expected a reference with its host and a tag, as docker.io/library/alpine:3.20',
      )
      .optional(),
    cmd: command.optional(),
    entrypoint: command.optional(),
    env: z.record(z.string().regex(/^[A-Za-z_]\w*$/, 'expected the name of a variable'), word).optional(),
    workdir: z.string().startsWith('/', 'expected an absolute path').optional(),
    user: z
      .string()
      .regex(/^[a-z0-9_][a-z0-9_-]*(?::[a-z0-9_][a-z0-9_-]*)?$/, 'expected user, or user:group')
      .optional(),
  })
  .superRefine((entry, { addIssue }) => {
    const sources = SOURCES.filter((source) => entry[source] !== undefined);
    if (sources.length !== 1) {
      addIssue({ code: 'custom', message: `${entry.name}: expected exactly one of ${SOURCES.join(', ')}` });
    }
    if (entry.debian) return;
    for (const key of ['cmd', 'entrypoint', 'env', 'workdir', 'user'] as const) {
      if (entry[key] === undefined) continue;
      addIssue({ code: 'custom', path: [key], message: 'goes with debian alone; other sources say it themselves' });
    }
  });

export const registrySchema = z.array(registryImageSchema).superRefine((entries, { addIssue }) => {
  const seen = new Set<string>();
  for (const [index, { name, tags }] of entries.entries()) {
    for (const [place, tag] of tags.entries()) {
      const reference = `${name}:${tag}`;
      if (seen.has(reference)) {
        addIssue({ code: 'custom', path: [index, 'tags', place], message: `${reference} is there already` });
      }
      seen.add(reference);
    }
  }
});

export const SOURCES = ['debian', 'dockerfile', 'pull'] as const;
export type Source = (typeof SOURCES)[number];
export type RegistryImageDescription = z.infer<typeof registryImageSchema>;
export type DebianSource = NonNullable<RegistryImageDescription['debian']>;

export const sourceOf = (description: RegistryImageDescription): Source =>
  SOURCES.find((source) => description[source] !== undefined)!;

/** Where a registry has it: Docker asks for `busybox` under `library/busybox`. */
export const repositoryOf = (name: string) => (name.includes('/') ? name : `${OFFICIAL}/${name}`);
