/** A registry image's identity: what it is made from decides it. Its tags do not: they can be moved without a build. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { addTree } from '../../sandbox/images/identity.ts';
import type { RegistryImage } from './discover.ts';
import { sourceOf } from './schema.ts';

/** Raised when the same description gives another image than before. */
export const BUILDER_VERSION = 1;

export interface Identity {
  /** `<name>-<12 hexadecimal digits>`, with `_` for a slash. */
  id: string;
  /** Digest of what image.yaml says of it. */
  description: string;
  builder: number;
}

/** `all`: every entry, because an image that is FROM another is made from it. */
export function identityOf(image: RegistryImage, all: readonly RegistryImage[]): Identity {
  const description = createHash('sha256')
    .update(JSON.stringify({ ...image.description, tags: undefined }))
    .digest('hex');
  const hash = createHash('sha256').update(`${BUILDER_VERSION}\0${process.arch}\0${description}\0`);
  const { dockerfile } = image.description;
  if (dockerfile !== undefined) {
    addTree(hash, join(image.folder, dockerfile), '');
    for (const base of basesOf(image, all)) hash.update(`${identityOf(base, all).id}\0`);
  }
  const id = `${image.description.name.replace('/', '_')}-${hash.digest('hex').slice(0, 12)}`;
  return { id, description, builder: BUILDER_VERSION };
}

/** The entries before this one that its Dockerfile is FROM. Those after it are not there yet when it is built. */
export function basesOf(image: RegistryImage, all: readonly RegistryImage[]): RegistryImage[] {
  if (sourceOf(image.description) !== 'dockerfile') return [];
  const text = readFileSync(join(image.folder, image.description.dockerfile!, 'Dockerfile'), 'utf8');
  const references = [...text.matchAll(/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)/gim)].map(([, reference]) => reference!);
  const before = all.slice(0, all.indexOf(image));
  return before.filter(({ description: { name, tags } }) =>
    references.some((reference) => tags.some((tag) => namesOf(name, tag).includes(reference))),
  );
}

function namesOf(name: string, tag: string): string[] {
  const short = tag === 'latest' ? [name, `${name}:latest`] : [`${name}:${tag}`];
  const prefixes = name.includes('/') ? ['', 'docker.io/'] : ['', 'docker.io/', 'docker.io/library/', 'library/'];
  return prefixes.flatMap((prefix) => short.map((written) => `${prefix}${written}`));
}
