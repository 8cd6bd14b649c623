import type { Command, CommandContext } from '../command.ts';
import { join } from 'node:path';

import { missingPackages } from '../plain/debian-packages.mjs';
import { Failure } from '../plain/report.mjs';
import { installPackages } from '../stages/debian-packages.ts';
import { describedImages, packageUses } from '../stages/described-images.ts';
import { makeFolders } from '../stages/folders.ts';
import { rememberChanges } from '../stages/host-changes.ts';
import { buildImages } from '../stages/images.ts';
import { canRunSandboxes } from '../stages/prepare.ts';
import { prepareRegistry, tellMissing } from '../stages/registry.ts';
import { findUser } from '../stages/system-user.ts';

export const command: Command = {
  name: 'image build',
  summary: 'Builds the courses’ images that are not built yet, and puts theirs for learners into the class registry.',
  flags: {},
  async run(context) {
    await prepareForImages(context);
    const { settings, report } = context;
    await buildImages([settings.lessons], join(settings.data, 'supervisor'), report);
    const described = describedImages([settings.lessons]);
    tellMissing(await prepareRegistry(settings, described, ['debian', 'dockerfile'], report), report);
    return 0;
  },
};

/** What the commands for images need of the host. */
export async function prepareForImages({ settings, host, report }: CommandContext): Promise<void> {
  if (!canRunSandboxes(host))
    throw new Failure({ what: 'Images are made on Linux, as root.', mend: 'Run it with sudo.' });
  const { data, lessons, user } = settings;
  // Before anything is installed: who wrote it is waiting for this.
  describedImages([lessons]);
  const missing = missingPackages({ uses: packageUses([lessons]) });
  if (missing.length > 0) {
    await installPackages(missing, report);
    rememberChanges(data, { packages: missing.map(({ name }) => name) });
  }
  const account = findUser(user);
  if (!account) {
    throw new Failure({
      what: `There is no user ${user} yet.`,
      mend: 'Set Slipway up first: npm start, or slipway prepare.',
    });
  }
  makeFolders(settings, account);
}
