/** A Docker Engine for the length of a bench, beside whatever runs: its own data, sockets, mounts and network. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../sandbox-server/config.ts';
import { Cgroups } from '../../../sandbox-server/sandbox/oci/supervisor/cgroups.ts';
import { firstLine, output, succeed } from '../host/run.ts';
import { dockerHome, engineCommand, installed, type DockerHome } from './home.ts';

const READY_MS = 30_000;
const IMAGE = 'slipway-bench';
const IMPORT =
  'tar -C "$1" --numeric-owner -c . | { docker=$2 host=$3; shift 3; "$docker" --host "$host" import "$@"; }';

export class PrivateDocker implements AsyncDisposable {
  readonly image = IMAGE;
  readonly version: string;
  /** The client and how it finds this engine. */
  readonly command: string[];
  private readonly engine: ChildProcess;
  private readonly home: DockerHome;

  private constructor(engine: string, client: string, home: DockerHome) {
    this.home = home;
    this.version = firstLine(engine, '--version');
    this.command = [client, '--host', `unix://${home.socket}`];
    mkdirSync(home.data, { mode: 0o700 });
    const log = openSync(`${home.run}.log`, 'a');
    const [program, ...args] = engineCommand(engine, home);
    this.engine = spawn(program, args, { stdio: ['ignore', log, log], detached: true });
  }

  /** Starts an engine and makes the files an image. Resolves to the reason where there can be none. */
  static async start(
    config: Pick<Config, 'data' | 'run' | 'cgroup'>,
    rootfs: string,
    changes: readonly string[] = [],
  ): Promise<PrivateDocker | Unmeasured> {
    const engine = installed('dockerd');
    // The client that came with the engine: another version would be another measurement.
    const client = engine && installed('docker', dirname(engine));
    if (!engine || !client) return new Unmeasured('no Docker Engine installed');
    const home = dockerHome(config);
    const docker = new PrivateDocker(engine, client, home);
    if (!(await docker.ready())) {
      await docker[Symbol.asyncDispose]();
      return new Unmeasured('the Docker Engine did not start here');
    }
    const options = changes.flatMap((change) => ['--change', change]);
    await succeed(['sh', '-c', IMPORT, 'sh', rootfs, client, `unix://${home.socket}`, ...options, '-', IMAGE]);
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
    await rm(this.home.data, { recursive: true, force: true });
    await new Cgroups(this.home.cgroup).removeParent();
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
