/** The class registry's processes: as they serve, and one that may write for as long as images are published. */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { untilReady } from '../../registry/client.ts';
import {
  REGISTRIES,
  registryConfiguration,
  type RegistryOptions,
  type RegistryName,
  socketOf,
  storeOf,
} from '../../registry/configuration.ts';
import { Failure } from '../plain/report.mjs';
import { runTool } from '../plain/tool.mjs';
import type { Account } from '../stages/system-user.ts';
import { registryCommand, type RegistryProcess } from './commands.ts';

export interface Place {
  data: string;
  run: string;
}

const KEPT_LINES = 5;

export const storeIn = ({ data }: Place, name: RegistryName) => storeOf(join(data, 'registry'), name);

/** What the server runs. Learners change nothing of `shared`. */
export function registryProcesses(place: Place, account: Account): RegistryProcess[] {
  return REGISTRIES.map((name) => {
    const socket = socketOf(join(place.run, 'registry'), name);
    const options = { store: storeIn(place, name), socket, writes: name === 'shared' ? 'refused' : 'allowed' } as const;
    const configuration = writeConfiguration(place, name, options);
    return { name: `registry-${name}`, command: registryCommand(account, ['serve', configuration]), socket };
  });
}

/** docker-registry on the store of `shared` that takes images; it goes when it is disposed of. */
export async function openForWriting(place: Place, account: Account): Promise<AsyncDisposable & { socket: string }> {
  const name = `publish-${process.pid}`;
  const socket = join(place.run, 'registry', `${name}.sock`);
  const configuration = writeConfiguration(place, name, { store: storeIn(place, 'shared'), socket, writes: 'allowed' });
  const [program, ...args] = registryCommand(account, ['serve', configuration]) as [string, ...string[]];
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: '/',
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said = `${said}${bytes}`.split('\n').slice(-KEPT_LINES).join('\n');
  });
  const ended = new AbortController();
  const end = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => ended.abort());
  const remove = () => {
    for (const path of [configuration, socket]) rmSync(path, { force: true });
  };
  try {
    await untilReady(socket, ended.signal);
  } catch (error) {
    remove();
    throw new Failure(
      { what: 'The class registry could not be started.', why: said, mend: 'Mend what it says, then start again.' },
      { cause: error },
    );
  }
  return {
    socket,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await end;
      remove();
    },
  };
}

/** Frees what no image of the store has any more. Nothing may be pushed to it meanwhile. */
export async function collectGarbage(place: Place, account: Account, name: RegistryName): Promise<void> {
  const options = {
    store: storeIn(place, name),
    socket: join(place.run, 'registry', 'none.sock'),
    writes: 'allowed',
  } as const;
  const configuration = writeConfiguration(place, `collect-${process.pid}`, options);
  // Of `mine` no manifest is lost that a list of manifests names: learners may push such lists.
  const untagged = name === 'shared' ? ['--delete-untagged'] : [];
  const [program, ...args] = registryCommand(account, ['garbage-collect', ...untagged, configuration]);
  try {
    await runTool(program!, args, {
      env: { PATH: process.env['PATH'] },
      cwd: '/',
      failed: `The class registry’s store ${options.store} could not be cleaned.`,
      mend: 'Mend what docker-registry says above, then run it again.',
    });
  } finally {
    rmSync(configuration, { force: true });
  }
}

/** In a folder of root's: the registry cannot change what it is run with. */
function writeConfiguration({ run }: Place, name: string, options: RegistryOptions): string {
  const path = join(run, `registry-${name}.yaml`);
  writeFileSync(path, registryConfiguration(options), { mode: 0o644 });
  return path;
}
