import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { identityOf } from '../../registry/images/identity.ts';
import { repositoryOf } from '../../registry/images/schema.ts';
import { unusedEntries } from '../../registry/images/shelf.ts';
import { folderSize, listTags, storeSize, type Tagged, unpublish } from '../../registry/store.ts';
import { imageIdentity } from '../../sandbox/images/identity.ts';
import { imagesInUse, unusedImages } from '../../sandbox/images/shelf.ts';
import type { Settings } from '../../config.ts';
import type { Command, CommandContext } from '../command.ts';
import { sizeText } from '../doctor/probe.ts';
import { Failure, type Report } from '../plain/report.mjs';
import { takeLock } from '../serve/lock.ts';
import { collectGarbage, storeIn } from '../serve/registry.ts';
import { type DescribedImages, describedImages } from '../stages/described-images.ts';
import { ensureRegistry, lockRegistry } from '../stages/registry.ts';
import { shelfIn } from '../stages/registry-images.ts';

export const command: Command = {
  name: 'image prune',
  summary: 'Removes images that no course mentions and no disk lies over, and frees their room in the class registry.',
  flags: { '--dry-run': 'Say what would be removed and what is kept; remove nothing.' },
  run: prune,
};

interface Folder {
  path: string;
  name: string;
}

async function prune({ settings, host, report, flags }: CommandContext): Promise<number> {
  if (!host.root) throw new Failure({ what: 'The folders of images are root’s.', mend: 'Run it with sudo.' });
  const described = describedImages([settings.lessons]);
  const hasRegistry = existsSync(storeIn(settings, 'shared'));
  using _lock = hasRegistry ? await lockRegistry(settings, report) : undefined;
  const folders = unusedFolders(described, settings.data);
  const tags = hasRegistry ? unusedTags(described, settings) : [];
  const dry = flags.has('--dry-run');
  for (const { path, name } of folders) {
    report.note(`  ${dry ? 'would remove' : 'removed'} ${name}, ${sizeText(folderSize(path))}`);
    if (!dry) rmSync(path, { recursive: true });
  }
  for (const tagged of tags) {
    report.note(`  ${dry ? 'would unpublish' : 'unpublished'} ${tagged.repository}:${tagged.tag}`);
    if (!dry) unpublish(storeIn(settings, 'shared'), tagged);
  }
  if (folders.length + tags.length === 0) report.note('  Every image is of a course, or under a learner’s disk.');
  tellKept(described, settings.data, report);
  if (!dry && hasRegistry) await freeRegistry(settings, report);
  return 0;
}

function unusedFolders({ sandbox, registry }: DescribedImages, data: string): Folder[] {
  const supervisorData = join(data, 'supervisor');
  const [images, shelf] = [join(supervisorData, 'images'), shelfIn(data)];
  const current = sandbox.map((image) => imageIdentity(image));
  return [
    ...unusedImages(images, current, join(supervisorData, 'sandboxes')).map((id) => ({
      path: join(images, id),
      name: id,
    })),
    ...unusedEntries(
      shelf,
      registry.map((image) => identityOf(image, registry).id),
    ).map((id) => ({ path: join(shelf, id), name: `${id} (registry)` })),
  ];
}

function unusedTags({ registry }: DescribedImages, settings: Settings): Tagged[] {
  const current = new Set(
    registry.flatMap(({ description: { name, tags } }) => tags.map((tag) => `${repositoryOf(name)}:${tag}`)),
  );
  return listTags(storeIn(settings, 'shared')).filter(({ repository, tag }) => !current.has(`${repository}:${tag}`));
}

function tellKept({ sandbox }: DescribedImages, data: string, report: Report): void {
  const used = imagesInUse(join(data, 'supervisor', 'sandboxes'));
  if (!used) return report.warn('Sandbox images were all kept: which of them disks lie over cannot be read.');
  const current = new Set(sandbox.map((image) => imageIdentity(image)));
  for (const id of new Set(used.filter((one) => !current.has(one)))) {
    const count = used.filter((one) => one === id).length;
    report.note(`  kept ${id}: no course has it any more, and ${count} learners’ disks lie over it`);
  }
}

async function freeRegistry(settings: Settings, report: Report): Promise<void> {
  const account = await ensureRegistry(settings, report);
  await free('shared');
  // A push that is under way would lose what it has sent.
  const taken = takeLock(settings.data);
  if (!('lock' in taken))
    return report.note('  The store of learners’ own images is left as it is while a server runs.');
  using _alone = taken.lock;
  await free('mine');

  async function free(name: 'shared' | 'mine'): Promise<void> {
    // docker-registry fails on a store that nothing was ever pushed to.
    if (storeSize(storeIn(settings, name)) === 0) return;
    await report.stage('Class registry', async ({ progress, result }) => {
      progress(`Collecting the garbage of ${name}`);
      const before = storeSize(storeIn(settings, name));
      await collectGarbage(settings, account, name);
      result(`${name}: ${sizeText(before - storeSize(storeIn(settings, name)))} freed`);
    });
  }
}
