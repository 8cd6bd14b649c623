/** The stage that builds the sandbox images which the courses describe. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Config } from '../../config.ts';
import { readHostSources, sourcesFor } from '../../sandbox/images/apt-sources.ts';
import { createProgressReader, debianCommand } from '../../sandbox/images/debian.ts';
import type { CourseImage } from '../../sandbox/images/discover.ts';
import { finishRootfs } from '../../sandbox/images/finish.ts';
import { COMMON_FILES, imageIdentity, ownFiles, profileFiles } from '../../sandbox/images/identity.ts';
import { beginImage, endImage, isBuilt, removeReplaced } from '../../sandbox/images/shelf.ts';
import type { Progress, Report } from '../plain/report.mjs';
import { runTool } from '../plain/tool.mjs';
import { describedImages } from './described-images.ts';

/**
 * Builds what is missing of the images in these folders of courses, and removes those that they replace, unless `keep`
 * says that they are to stay. By name: what was built.
 */
export async function buildImages(
  lessons: readonly string[],
  supervisorData: string,
  report: Report,
  keep: () => boolean = () => false,
) {
  const shelf = join(supervisorData, 'images');
  const built: Config['images'] = {};
  for (const image of describedImages(lessons).sandbox) {
    const { name, profile, network } = image.description;
    const id = imageIdentity(image);
    built[name] = { id, profile, ...(network !== 'none' && { network }) };
    await report.stage('Sandbox image', async ({ progress, result }) => {
      if (isBuilt(shelf, id)) return result(`${name} is up to date`);
      await buildImage(shelf, id, image, progress);
      result(`${name} built`);
    });
  }
  const ids = Object.values(built).map(({ id }) => id);
  if (!keep()) removeReplaced(shelf, ids, join(supervisorData, 'sandboxes'));
  return built;
}

async function buildImage(shelf: string, id: string, image: CourseImage, progress: Progress): Promise<void> {
  const { description } = image;
  const half = beginImage(shelf, id);
  const rootfs = join(half, 'rootfs');
  const sourcesFile = join(half, 'sources.list');
  writeFileSync(sourcesFile, sourcesFor(description.from.debian.suite, readHostSources()));
  const [command, ...args] = debianCommand({ description, rootfs, sourcesFile, aptOptions: hostAptOptions() });
  await runTool(command, args, {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    onLine: createProgressReader(progress),
    keep: (line) => /^(E:|W:|Err:|dpkg)/.test(line),
    failed: `The sandbox image ${description.name} could not be built.`,
    mend: `Check the network and the packages in ${join(image.folder, 'image.yaml')}, then start again.`,
  });
  progress('Laying files over it', 0.98);
  finishRootfs(rootfs, description, [COMMON_FILES, profileFiles(image), ownFiles(image)]);
  endImage(shelf, id, description, new Date());
}

/** How this host's apt fetches: proxies, certificates, time-outs. */
export function hostAptOptions(): string[] {
  const lines = execFileSync('apt-config', ['dump'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => /^Acquire::https?::\S+ ".+";$/.test(line));
}
