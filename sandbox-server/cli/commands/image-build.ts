import { join } from 'node:path';

import type { Command } from '../command.ts';
import { Failure } from '../plain/report.mjs';
import { buildImages } from '../stages/images.ts';
import { canRunSandboxes } from '../stages/prepare.ts';

export const command: Command = {
  name: 'image build',
  summary: 'Builds the sandbox images of the courses that are not built yet.',
  flags: {},
  async run({ root, settings, host, report }) {
    if (!canRunSandboxes(host))
      throw new Failure({ what: 'Images are built on Linux, as root.', mend: 'Run it with sudo.' });
    await buildImages(root, join(settings.data, 'supervisor'), report);
    return 0;
  },
};
