/** A Docker Engine for the length of a bench, beside whatever runs: its own data, sockets and mounts, no network. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdirSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../sandbox-server/config.ts';
import { firstLine, output, succeed } from '../host/run.ts';

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'];
const READY_MS = 30_000;
const IMAGE = 'slipway-bench';

export class PrivateDocker implements AsyncDisposable {
  readonly image = IMAGE;
  readonly version: string;
  /** The client and how it finds this engine. */
  readonly command: string[];
  private readonly engine: ChildProcess;
  private readonly data: string;

  private constructor(engine: ChildProcess, command: string[], data: string, version: string) {
    this.engine = engine;
    this.command = command;
    this.data = data;
    this.version = version;
  }

  /** Starts an engine and imports the files as an image. Resolves to the reason where there can be none. */
  static async start({ data, run }: Pick<Config, 'data' | 'run'>, rootfs: string): Promise<PrivateDocker | Unmeasured> {
    const engine = installed('dockerd');
    const client = installed('docker');
    if (!engine || !client) return new Unmeasured('no Docker Engine installed');
    const home = join(data, `docker-${process.pid}`);
    const socket = join(run, 'docker.sock');
    mkdirSync(home, { mode: 0o700 });
    const log = openSync(join(run, 'docker.log'), 'a');
    const [program, ...args] = engineCommand(engine, home, run, socket);
    const child = spawn(program, args, {
      stdio: ['ignore', log, log],
      detached: true,
    });
    const docker = new PrivateDocker(
      child,
      [client, '--host', `unix://${socket}`],
      home,
      firstLine(engine, '--version'),
    );
    if (!(await docker.ready())) {
      await docker[Symbol.asyncDispose]();
      return new Unmeasured('the Docker Engine did not start here');
    }
    await succeed([
      'sh',
      '-c',
      'tar -C "$1" --numeric-owner -c . | "$2" --host "$3" import - "$4"',
      'sh',
      rootfs,
      client,
      `unix://${socket}`,
      IMAGE,
    ]);
    return docker;
  }

  private async ready(): Promise<boolean> {
    for (const until = Date.now() + READY_MS; Date.now() < until && this.engine.exitCode === null; await sleep(100)) {
      if ((await output([...this.command, 'version'])).status === 0) return true;
    }
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.engine.exitCode === null && this.engine.signalCode === null) {
      const ended = new Promise((resolve) => this.engine.once('exit', resolve));
      this.engine.kill('SIGTERM');
      await ended;
    }
    await rm(this.data, { recursive: true, force: true });
  }
}

/** Why there is no engine. */
export class Unmeasured implements AsyncDisposable {
  private readonly why: string;

  constructor(why: string) {
    this.why = why;
  }

  toString(): string {
    return this.why;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** In a mount namespace of its own, so that its mounts end with it. It changes neither the firewall nor forwarding. */
function engineCommand(engine: string, home: string, run: string, socket: string): [string, ...string[]] {
  const ownMounts: [string, ...string[]] = ['unshare', '--mount', '--', 'setpriv', '--pdeathsig=TERM', '--'];
  const places = [
    '--data-root',
    join(home, 'data'),
    '--exec-root',
    join(run, 'docker'),
    '--pidfile',
    join(run, 'docker.pid'),
  ];
  const address = ['--host', `unix://${socket}`];
  const noNetwork = ['--iptables=false', '--ip-forward=false', '--bridge=none', '--userland-proxy=false'];
  return [...ownMounts, engine, ...places, ...address, ...noNetwork];
}

function installed(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
