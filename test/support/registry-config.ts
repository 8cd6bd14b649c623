/** A server's configuration with a class registry: what was published for the tests, and pushes of the server's own. */
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RegistryProcess } from '../../sandbox-server/cli/serve/commands.ts';
import { registryProcesses } from '../../sandbox-server/cli/serve/registry.ts';
import { findUser, registryUser } from '../../sandbox-server/cli/stages/system-user.ts';
import type { Config } from '../../sandbox-server/config.ts';
import { socketOf, storeOf } from '../../sandbox-server/registry/configuration.ts';
import { ownConfig, type Overrides, testConfig } from './config.ts';

export async function configWithRegistry(
  overrides: Overrides,
): Promise<{ config: Config; path: string; registries: RegistryProcess[] }> {
  const { config, path } = await ownConfig(overrides);
  const account = findUser(registryUser(config.user));
  const gateway = findUser(config.user);
  if (!account || !gateway) throw new Error('no registry was prepared: run the tests with `npm test`');
  const data = dirname(config.paths.supervisorData);
  const stores = join(data, 'registry');
  const sockets = join(config.run, 'registry');
  mkdirSync(storeOf(stores, 'mine'), { recursive: true });
  chownSync(storeOf(stores, 'mine'), account.uid, account.gid);
  symlinkSync(storeOf(join(testConfig().data, 'registry'), 'shared'), storeOf(stores, 'shared'));
  mkdirSync(sockets);
  chownSync(sockets, account.uid, gateway.gid);
  chmodSync(sockets, 0o2710);
  const served: Config = {
    ...config,
    registry: { mode: 'on', shared: socketOf(sockets, 'shared'), mine: socketOf(sockets, 'mine') },
  };
  writeFileSync(path, JSON.stringify(served));
  return { config: served, path, registries: registryProcesses({ data, run: config.run }, account) };
}
