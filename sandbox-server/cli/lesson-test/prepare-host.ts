/** What testing lessons needs of the host: programs, images, and a configuration beside that of a server that serves. */
import { existsSync } from 'node:fs';
import { chown, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { composeConfig, type Config, type Settings } from '../../config.ts';
import { socketOf, storeOf } from '../../registry/configuration.ts';
import { removeEverything } from '../../sandbox/oci/supervisor/remove-everything.ts';
import type { CommandContext } from '../command.ts';
import { prepareForImages } from '../commands/image-build.ts';
import { claim } from '../serve/claims.ts';
import { waitForLock } from '../serve/lock.ts';
import { describedImages, registryMode } from '../stages/described-images.ts';
import { checkHost } from '../stages/host-check.ts';
import { buildImages } from '../stages/images.ts';
import { rememberInstance } from '../stages/instances.ts';
import { buildNativeProgram } from '../stages/native-program.ts';
import { refuseNetworks } from '../stages/networks.ts';
import { ensureUser } from '../stages/prepare.ts';
import { prepareRegistry, tellMissing } from '../stages/registry.ts';
import { findUser, registryUser } from '../stages/system-user.ts';

/** Host ids of the sandboxes that test lessons: at most this many, twice as far below those of the server's. */
const IDS = 0x1000_0000;
const IDS_BELOW = 2 * IDS;
/** The least that a sandbox's ids may be; `idBase` in config/settings.ts. */
const FIRST_ID = 65_536;

/** The host with what was claimed of it. Nothing of the sandboxes stays when it is disposed of. */
export interface PreparedHost extends AsyncDisposable {
  config: Config;
}

/**
 * Builds what is missing of programs and images, in the settings' own data folder, so that nothing is built twice.
 * `lessons`: folders of courses whose images are needed besides those of the settings.
 */
export async function prepareHost(context: CommandContext, lessons: readonly string[]): Promise<PreparedHost> {
  const { root, settings, host, report } = context;
  rememberInstance(root, settings);
  refuseNetworks(settings, [settings.lessons, ...lessons]);
  await checkHost(root, settings, host, report);
  await ensureUser(settings, report);
  const folders = [settings.lessons, ...lessons.filter((folder) => folder !== settings.lessons)];
  for (const folder of folders) await prepareForImages({ ...context, settings: { ...settings, lessons: folder } });
  {
    using _building = await waitForLock(join(root, 'build'), () =>
      report.note('  Waiting for another Slipway that builds in this folder …'),
    );
    await report.stage('Native program', async ({ progress, result }) =>
      result(await buildNativeProgram(root, progress)),
    );
  }
  const images = await buildImages(folders, join(settings.data, 'supervisor'), report);
  const described = describedImages(folders);
  tellMissing(await prepareRegistry(settings, described, ['debian', 'dockerfile'], report), report);
  const prepared = { sandboxes: { mode: 'on' }, registry: registryMode(described), program: root, images } as const;

  const own = besides(settings);
  await using stack = new AsyncDisposableStack();
  stack.use(
    await waitForLock(join(own.data, 'queue'), () => report.note('  Waiting for another test of lessons to end …')),
  );
  stack.use(claim(own, own));
  const config = composeConfig(own, prepared);
  // Where an earlier run was killed, something of its sandboxes is still there; nobody else has this control group.
  await clear(config);
  stack.defer(() => clear(config));
  // Those of the server: images are not built twice, and what is recorded here it need not record.
  config.paths.images = join(settings.data, 'supervisor', 'images');
  config.paths.layers = join(settings.data, 'supervisor', 'layers');
  if (config.registry.mode === 'on') await makeRegistryFolders(config, settings.data);
  const owned = stack.move();
  return { config, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The control group of sandboxes in which lessons are tested, beside that of a server's. */
export const lessonTestGroup = (cgroup: string) => `${cgroup}-lesson-test`;

/** Folders, control group and ids of its own: a server with these settings may serve meanwhile. */
function besides(settings: Settings): Settings {
  const below = settings.idBase - IDS_BELOW;
  return {
    ...settings,
    data: join(settings.data, 'lesson-test'),
    run: join(settings.run, 'lesson-test'),
    cgroup: lessonTestGroup(settings.cgroup),
    idBase: below >= FIRST_ID ? below : settings.idBase + settings.idCount,
    // Whose ids are few has neighbours, and theirs begin above.
    idCount: Math.min(IDS, settings.idCount),
  };
}

async function clear(config: Config): Promise<void> {
  await removeEverything(config);
  // The lock in each of the two is held: what is beside it goes.
  for (const name of ['supervisor', 'gateway', 'registry', 'lesson-files']) {
    await rm(join(config.data, name), { recursive: true, force: true });
  }
  for (const name of ['sandboxes', 'runtime', 'registry', 'supervisor.sock']) {
    await rm(join(config.run, name), { recursive: true, force: true });
  }
}

/** The class registry's images are those of the server's; what learners push is not. */
async function makeRegistryFolders(config: Config, servers: string): Promise<void> {
  const account = findUser(registryUser(config.user))!;
  const gateway = findUser(config.user)!;
  const stores = join(config.data, 'registry');
  const sockets = join(config.run, 'registry');
  await mkdir(storeOf(stores, 'mine'), { recursive: true });
  await chown(storeOf(stores, 'mine'), account.uid, account.gid);
  const shared = storeOf(join(servers, 'registry'), 'shared');
  if (existsSync(shared)) await symlink(shared, storeOf(stores, 'shared'));
  await mkdir(sockets, { recursive: true, mode: 0o2710 });
  await chown(sockets, account.uid, gateway.gid);
  config.registry = { mode: 'on', shared: socketOf(sockets, 'shared'), mine: socketOf(sockets, 'mine') };
}
