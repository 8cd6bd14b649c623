/** All stages in order: from a fresh clone to everything that a server needs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { HostFacts } from '../../config/settings.ts';
import { composeConfig, type Config, type Prepared, type Settings } from '../../config.ts';
import { missingPackages } from '../plain/debian-packages.mjs';
import { Failure, type Report } from '../plain/report.mjs';
import { waitForLock } from '../serve/lock.ts';
import { installPackages, refuseMissing } from './debian-packages.ts';
import { describedImages, packageUses, registryMode } from './described-images.ts';
import { makeFolders, makeOwnFolders } from './folders.ts';
import { checkHost } from './host-check.ts';
import { rememberChanges } from './host-changes.ts';
import { buildImages } from './images.ts';
import { rememberInstance } from './instances.ts';
import { buildNativeProgram } from './native-program.ts';
import { refuseNetworks } from './networks.ts';
import { copyProgram } from './program-copy.ts';
import { prepareRegistry, tellMissing } from './registry.ts';
import { buildSite } from './site.ts';
import { findUser, makeUser } from './system-user.ts';

export interface PrepareOptions {
  root: string;
  settings: Settings;
  host: HostFacts;
  report: Report;
  /** Install nothing, say what is missing. */
  noInstall: boolean;
  /** What the tests need besides. */
  tests?: boolean;
  /** Whether images that were replaced are to stay for now. */
  keepImages?: () => boolean;
  /** Folder of the author's desk, which makes the pages by itself. */
  desk?: string;
}

/** Courses of the tests: their images are built beside. */
const TEST_LESSONS = 'test/fixtures/lessons';

/** Whether this process can run sandboxes at all. */
export const canRunSandboxes = ({ linux, root }: HostFacts) => linux && root;

export function tellTerminalsOff(host: HostFacts, report: Report): void {
  if (canRunSandboxes(host)) return;
  report.warn(`Terminals are off: sandboxes need ${host.linux ? 'root' : 'Linux, and root'}. The lessons can be read.`);
}

export async function prepare(options: PrepareOptions): Promise<Config> {
  const prepared = canRunSandboxes(options.host) ? await prepareAll(options) : await prepareLessons(options);
  return composeConfig(options.settings, prepared);
}

async function prepareAll({
  root,
  settings,
  host,
  report,
  noInstall,
  tests = false,
  keepImages,
  desk,
}: PrepareOptions): Promise<Prepared> {
  const { data, user } = settings;
  const lessons = [settings.lessons, ...(tests ? [join(root, TEST_LESSONS)] : [])];
  refuseNetworks(settings, lessons);
  rememberInstance(root, settings);
  await checkHost(root, settings, host, report);
  const missing = missingPackages({ tests, uses: packageUses(lessons) });
  if (noInstall) refuseMissing(missing);
  else if (missing.length > 0) {
    await installPackages(missing, report);
    rememberChanges(data, { packages: missing.map(({ name }) => name) });
  }
  await ensureUser(settings, report);
  makeFolders(settings, findUser(user)!);
  using _building = await waitForLock(join(root, 'build'), () =>
    report.note('  Waiting for another Slipway that builds in this folder …'),
  );
  await report.stage('Native program', async ({ progress, result }) =>
    result(await buildNativeProgram(root, progress)),
  );
  if (desk === undefined) {
    await report.stage('Site', async ({ progress, result }) =>
      result(await buildSite(root, settings.lessons, progress)),
    );
  }
  const images = await buildImages(lessons, join(data, 'supervisor'), report, keepImages);
  const described = describedImages(lessons);
  tellMissing(await prepareRegistry(settings, described, ['debian', 'dockerfile'], report), report);
  const program = await report.stage('Program copy', async ({ progress, result }) => {
    const copy = await copyProgram(root, data, { site: desk === undefined, user: settings.user }, progress);
    result(copy.fresh ? 'made' : 'up to date');
    return copy.program;
  });
  return { sandboxes: { mode: 'on' }, registry: registryMode(described), program, images, ...(desk && { desk }) };
}

/** The gateway's user, made where there is none of that name. */
export async function ensureUser({ data, user }: Pick<Settings, 'data' | 'user'>, report: Report): Promise<void> {
  if (findUser(user)) return;
  await report.stage('System user', async ({ result }) => {
    await makeUser(user);
    rememberChanges(data, { users: [user] });
    result(`${user} made`);
  });
}

/** Without root or off Linux: the lessons alone, from where they were built. */
async function prepareLessons({ root, settings, report, desk }: PrepareOptions): Promise<Prepared> {
  makeOwnFolders(settings);
  const off = { mode: 'off', code: 'sandboxes-off' } as const;
  if (desk !== undefined) return { sandboxes: off, registry: 'off', program: root, images: {}, desk };
  await report.stage('Site', async ({ progress, result }) => {
    try {
      result(await buildSite(root, settings.lessons, progress));
    } catch (error) {
      if (!existsSync(join(root, 'build', 'courses.json'))) throw error;
      if (!(error instanceof Failure) && (error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
      result('could not be built; the one built before is used');
    }
  });
  return { sandboxes: off, registry: 'off', program: root, images: {} };
}
