/** The class registry's folders and processes, for tests: as they are served, but in a folder of the test's own. */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { registryProcesses } from '../../sandbox-server/cli/serve/registry.ts';
import { untilReady } from '../../sandbox-server/registry/client.ts';
import { REGISTRIES, type RegistryName, storeOf } from '../../sandbox-server/registry/configuration.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Debian's `nobody`: a user without rights that every host has. */
export const ACCOUNT = { uid: 65_534, gid: 65_534 };
/** Stands for the gateway's group. */
export const GATEWAY_GROUP = 54_321;

export function registryPlace(): { data: string; run: string } {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const place = { data: join(folder, 'data'), run: join(folder, 'run') };
  for (const name of REGISTRIES) {
    const store = storeOf(join(place.data, 'registry'), name);
    mkdirSync(store, { recursive: true });
    chownSync(store, ACCOUNT.uid, ACCOUNT.gid);
  }
  mkdirSync(join(place.run, 'registry'), { recursive: true });
  chownSync(join(place.run, 'registry'), ACCOUNT.uid, GATEWAY_GROUP);
  chmodSync(join(place.run, 'registry'), 0o2710);
  return place;
}

/** One that serves until the test ends. Resolves when it answers. */
export async function serveRegistry(place: { data: string; run: string }, name: RegistryName) {
  const { command, socket } = registryProcesses(place, ACCOUNT).find((one) => one.name === `registry-${name}`)!;
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(program, args, { stdio: 'ignore', cwd: '/' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await untilReady(socket, AbortSignal.timeout(20_000));
  return { socket, pid: child.pid! };
}
