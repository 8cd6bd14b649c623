/** The class registry for as long as lessons are tested. */
import { spawn } from 'node:child_process';
import type { Config } from '../../config.ts';
import { untilReady } from '../../registry/client.ts';
import { Failure } from '../plain/report.mjs';
import type { RegistryProcess } from '../serve/commands.ts';
import { registryProcesses } from '../serve/registry.ts';
import { findUser, registryUser } from '../stages/system-user.ts';

const READY_MS = 20_000;

export async function startRegistries(config: Config): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  for (const process of registryProcesses(config, findUser(registryUser(config.user))!)) {
    stack.use(await start(process));
  }
  const owned = stack.move();
  return { [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function start({ name, command, socket }: RegistryProcess): Promise<AsyncDisposable> {
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(program, args, { env: { PATH: process.env['PATH'] }, stdio: 'ignore', cwd: '/', detached: true });
  const ending = new AbortController();
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => ending.abort());
  const end = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await untilReady(socket, AbortSignal.any([ending.signal, AbortSignal.timeout(READY_MS)]));
  } catch (error) {
    await end();
    throw new Failure(
      { what: `The class registry (${name}) did not start.`, mend: 'npm start says more, in its log of that name.' },
      { cause: error },
    );
  }
  return { [Symbol.asyncDispose]: end };
}
