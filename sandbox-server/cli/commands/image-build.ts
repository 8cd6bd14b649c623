import { join } from 'node:path';

import type { Command } from '../command.ts';
import { Failure } from '../plain/report.mjs';
import { buildImages } from '../stages/images.ts';
import { canRunSandboxes } from '../stages/prepare.ts';

export const command: Command = {
  name: 'image build',
  summary: 'Builds the sandbox images of the courses that are not built yet.',
  flags: {},
  async run({ settings, host, report }) {
    if (!canRunSandboxes(host))
      throw new Failure({ what: 'Images are built on Linux, as root.', mend: 'Run it with sudo.' });
    await buildImages([settings.lessons], join(settings.data, 'supervisor'), report);
    return 0;
  },
};
