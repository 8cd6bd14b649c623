/** The stage that puts images into the class registry, and what it needs: its user and its folders. */
import { join } from 'node:path';

import type { Settings } from '../../config.ts';
import { publish } from '../../registry/publish.ts';
import { RegistryError } from '../../registry/client.ts';
import { repositoryOf, type Source } from '../../registry/images/schema.ts';
import { Failure, type Report } from '../plain/report.mjs';
import { type Lock, waitForLock } from '../serve/lock.ts';
import { openForWriting } from '../serve/registry.ts';
import { type DescribedImages, registryMode } from './described-images.ts';
import { makeRegistryFolders } from './folders.ts';
import { rememberChanges } from './host-changes.ts';
import { type MadeImages, makeRegistryImages } from './registry-images.ts';
import { type Account, findUser, makeUser, registryUser } from './system-user.ts';

/** Makes the images of the given sources and publishes all that are there. Returns those that are not. */
export async function prepareRegistry(
  settings: Settings,
  described: DescribedImages,
  sources: readonly Source[],
  report: Report,
): Promise<MadeImages['missing']> {
  if (registryMode(described) === 'off') return [];
  const account = await ensureRegistry(settings, report);
  using _lock = await lockRegistry(settings, report);
  const { made, missing } = await makeRegistryImages(described.registry, settings.data, sources, report);
  if (made.length > 0) await publishAll(made, settings, account, report);
  return missing;
}

/** A start goes on without what only the internet has: the lessons that use it say so. */
export function tellMissing(missing: MadeImages['missing'], report: Report): void {
  if (missing.length === 0) return;
  const names = missing.map(({ description: { name, tags } }) => `${name}:${tags[0]}`).join(', ');
  report.warn(`Not in the class registry yet: ${names}. With internet: slipway image pull`);
}

/** One at a time builds, publishes or collects garbage. */
export const lockRegistry = ({ data }: Settings, report: Report): Promise<Lock> =>
  waitForLock(join(data, 'registry'), () => report.note('  Waiting for another Slipway that makes registry images …'));

/** The registry's user, made where there is none, and its folders. */
export async function ensureRegistry(settings: Settings, report: Report): Promise<Account> {
  const name = registryUser(settings.user);
  if (!findUser(name)) {
    await report.stage('System user', async ({ result }) => {
      await makeUser(name);
      rememberChanges(settings.data, { users: [name] });
      result(`${name} made`);
    });
  }
  const account = findUser(name)!;
  makeRegistryFolders(settings, account, findUser(settings.user) ?? account);
  return account;
}

async function publishAll(
  made: MadeImages['made'],
  settings: Settings,
  account: Account,
  report: Report,
): Promise<void> {
  await report
    .stage('Class registry', async ({ progress, result }) => {
      await using registry = await openForWriting(settings, account);
      let published = 0;
      for (const { image, layout } of made) {
        const { name, tags } = image.description;
        progress(name);
        const outcome = await publish({ layout, socket: registry.socket, repository: repositoryOf(name), tags });
        if (outcome === 'published') published += 1;
      }
      result(published > 0 ? `${published} of ${made.length} images published` : 'up to date');
    })
    .catch((error: unknown) => {
      if (!(error instanceof RegistryError)) throw error;
      throw new Failure(
        {
          what: 'Images could not be put into the class registry.',
          why: error.message,
          mend: `Look whether the disk of ${settings.data} is full, then start again.`,
        },
        { cause: error },
      );
    });
}
