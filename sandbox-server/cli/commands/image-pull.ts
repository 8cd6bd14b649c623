import type { Command } from '../command.ts';
import { Failure } from '../plain/report.mjs';
import { describedImages } from '../stages/described-images.ts';
import { prepareRegistry } from '../stages/registry.ts';
import { prepareForImages } from './image-build.ts';

export const command: Command = {
  name: 'image pull',
  summary: 'Fetches the images that courses take from other registries, once, and puts them into the class registry.',
  flags: {},
  async run(context) {
    await prepareForImages(context);
    const { settings, report } = context;
    const described = describedImages([settings.lessons]);
    const pulls = described.registry.filter(({ description }) => description.pull !== undefined);
    if (pulls.length === 0) {
      report.note('No course has images to pull.');
      return 0;
    }
    try {
      await prepareRegistry(settings, described, ['debian', 'dockerfile', 'pull'], report);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const names = pulls.map(({ description }) => description.pull).join(', ');
      throw new Failure(
        {
          what: error.what,
          why: error.why,
          mend: `${error.mend} Until then lessons that need one of these go without: ${names}.`,
        },
        { cause: error },
      );
    }
    return 0;
  },
};
