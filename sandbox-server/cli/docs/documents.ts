/** The documents that are generated, as they should stand in docs/. */
import { format, resolveConfig } from 'prettier';

import { configurationDocument } from './configuration.ts';
import { errorsDocument } from './errors.ts';

/** Path from the repository's root → content. */
export async function generatedDocuments(root: string): Promise<Record<string, string>> {
  const options = { ...(await resolveConfig(`${root}/docs/configuration.md`)), parser: 'markdown' };
  return {
    'docs/configuration.md': await format(configurationDocument(), options),
    'docs/errors.md': await format(errorsDocument(), options),
  };
}
