import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Command } from '../command.ts';

export const command: Command = {
  name: 'docs',
  summary: 'Writes the generated documents anew: docs/configuration.md and docs/errors.md.',
  flags: {},
  async run({ root, report }) {
    const { generatedDocuments } = await import('../docs/documents.ts');
    for (const [path, content] of Object.entries(await generatedDocuments(root))) {
      writeFileSync(join(root, path), content);
      report.note(`${path} written`);
    }
    return 0;
  },
};
