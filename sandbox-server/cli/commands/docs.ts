import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Command } from '../command.ts';

export const command: Command = {
  name: 'docs',
  summary: 'Writes the generated documents anew: settings, errors, the tables of the lesson format, JSON Schemas.',
  flags: {},
  async run({ root, report }) {
    const { generatedDocuments } = await import('../docs/documents.ts');
    for (const [path, content] of Object.entries(await generatedDocuments(root))) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
      report.note(`${path} written`);
    }
    return 0;
  },
};
