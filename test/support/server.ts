/** A whole server on real parts: supervisor as root, gateway as its user, both as processes of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { untilReady } from '../../sandbox-server/registry/client.ts';
import { commandsFor, type RegistryProcess } from '../../sandbox-server/cli/serve/commands.ts';
import { findUser } from '../../sandbox-server/cli/stages/system-user.ts';
import type { Config } from '../../sandbox-server/config.ts';
import { removeEverything } from '../../sandbox-server/sandbox/oci/supervisor/remove-everything.ts';
import { ownConfig, type Overrides } from './config.ts';
import { configWithRegistry } from './registry-config.ts';

type Part = 'gateway' | 'supervisor' | 'registry-shared' | 'registry-mine';

export class TestServer implements AsyncDisposable {
  readonly config: Config;
  private readonly commands: Partial<Record<Part, string[]>>;
  private readonly registries: readonly RegistryProcess[];
  private readonly processes = new Map<Part, ChildProcess>();

  private constructor(config: Config, path: string, registries: readonly RegistryProcess[] = []) {
    this.config = config;
    const account = findUser(config.user);
    if (!account) throw new Error(`no user ${config.user}: run the tests with \`npm test\``);
    const { gateway, supervisor } = commandsFor(config, path, account);
    this.registries = registries;
    this.commands = { gateway, supervisor: supervisor! };
    for (const { name, command } of registries) this.commands[name as Part] = command;
  }

  static async start(overrides: Overrides = {}): Promise<TestServer> {
    const { config, path } = await ownConfig(overrides);
    const server = new TestServer(config, path);
    await server.run('supervisor');
    await server.run('gateway');
    return server;
  }

  /** With a class registry: the images that were published for the tests, and learners' own pushes of this server. */
  static async startWithRegistry(overrides: Overrides = {}): Promise<TestServer> {
    const { config, path, registries } = await configWithRegistry(overrides);
    const server = new TestServer(config, path, registries);
    await server.run('supervisor');
    for (const { name } of registries) await server.run(name as Part);
    await server.run('gateway');
    return server;
  }

  get url(): string {
    return this.config.urls[0]!;
  }

  /** Starts a part and waits until it is ready. */
  async run(part: Part): Promise<void> {
    const [program, ...args] = this.commands[part] as [string, ...string[]];
    const registry = this.registries.find(({ name }) => name === part);
    const log = openSync(join(this.config.run, `${part}.log`), 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log, 'ipc'], cwd: '/', detached: true });
    this.processes.set(part, child);
    if (registry) return await untilReady(registry.socket, AbortSignal.timeout(20_000));
    await new Promise<void>((resolve, reject) => {
      child.once('message', (message: { type: string; text?: string }) =>
        message.type === 'ready' ? resolve() : reject(new Error(message.text)),
      );
      child.once('exit', (status) => reject(new Error(`${part} ended with ${status}: see ${this.config.run}`)));
    });
  }

  /** Ends a part by a signal and waits for its end. */
  async end(part: Part, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.processes.get(part);
    this.processes.delete(part);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  pid(part: Part): number {
    return this.processes.get(part)!.pid!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('gateway');
    await this.end('supervisor');
    for (const { name } of this.registries) await this.end(name as Part);
    await removeEverything(this.config);
    await rm(dirname(this.config.paths.supervisorData), { recursive: true, force: true });
  }
}
