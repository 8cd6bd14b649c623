/** A whole server on real parts: supervisor as root, gateway as its user, both as processes of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { commandsFor } from '../../sandbox-server/cli/serve/commands.ts';
import { findUser } from '../../sandbox-server/cli/stages/system-user.ts';
import type { Config } from '../../sandbox-server/config.ts';
import { removeEverything } from '../../sandbox-server/sandbox/oci/supervisor/remove-everything.ts';
import { ownConfig, type Overrides } from './config.ts';

type Part = 'gateway' | 'supervisor';

export class TestServer implements AsyncDisposable {
  readonly config: Config;
  private readonly commands: Record<Part, string[]>;
  private readonly processes = new Map<Part, ChildProcess>();

  private constructor(config: Config, path: string) {
    this.config = config;
    const account = findUser(config.user);
    if (!account) throw new Error(`no user ${config.user}: run the tests with \`npm test\``);
    const { gateway, supervisor } = commandsFor(config, path, account);
    this.commands = { gateway, supervisor: supervisor! };
  }

  static async start(overrides: Overrides = {}): Promise<TestServer> {
    const { config, path } = await ownConfig(overrides);
    const server = new TestServer(config, path);
    await server.run('supervisor');
    await server.run('gateway');
    return server;
  }

  get url(): string {
    return this.config.urls[0]!;
  }

  /** Starts a part and waits until it is ready. */
  async run(part: Part): Promise<void> {
    const [program, ...args] = this.commands[part] as [string, ...string[]];
    const log = openSync(join(this.config.run, `${part}.log`), 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log, 'ipc'], cwd: '/', detached: true });
    this.processes.set(part, child);
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
    await removeEverything(this.config);
    await rm(dirname(this.config.paths.supervisorData), { recursive: true, force: true });
  }
}
