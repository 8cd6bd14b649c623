/** The documents that are generated, as they should stand in docs/. */
import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

import { configurationDocument } from './configuration.ts';
import { errorsDocument } from './errors.ts';
import { formatDocument } from './format.ts';
import { schemaDocuments } from './schemas.ts';

const FORMAT = 'docs/format.md';

/** Path from the repository's root → content. */
export async function generatedDocuments(root: string): Promise<Record<string, string>> {
  const documents = {
    'docs/configuration.md': configurationDocument(),
    'docs/errors.md': errorsDocument(),
    [FORMAT]: formatDocument(readFileSync(`${root}/${FORMAT}`, 'utf8')),
    ...schemaDocuments(),
  };
  const written = Object.entries(documents).map(async ([path, content]) => {
    const file = `${root}/${path}`;
    return [path, await format(content, { ...(await resolveConfig(file)), filepath: file })] as const;
  });
  return Object.fromEntries(await Promise.all(written));
}
