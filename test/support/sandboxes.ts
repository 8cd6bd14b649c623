/** Real sandboxes without the gateway: a supervisor in this process, and a driver on its socket. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../../sandbox-server/config.ts';
import { createLog } from '../../sandbox-server/log.ts';
import type { Profile, SandboxSpec } from '../../sandbox-server/sandbox/driver.ts';
import { askInit, runInSandbox, type CommandResult } from '../../sandbox-server/sandbox/init/ask.ts';
import { OciDriver } from '../../sandbox-server/sandbox/oci/driver.ts';
import { openSupervisor, type Supervisor } from '../../sandbox-server/sandbox/oci/supervisor/open.ts';
import { removeEverything } from '../../sandbox-server/sandbox/oci/supervisor/remove-everything.ts';
import { serveSupervisor } from '../../sandbox-server/sandbox/oci/supervisor/server.ts';
import { randomId } from '../../sandbox-server/session/ids.ts';
import { imageOf, ownConfig } from './config.ts';
import { LIMITS_OF } from './limits.ts';

const log = createLog('supervisor', process.env['SLIPWAY_TEST_LOG'] ?? 'silent');

export class RealSandboxes implements AsyncDisposable {
  readonly config: Config;
  readonly driver: OciDriver;
  readonly spec: SandboxSpec;
  readonly supervisor: Supervisor;
  private readonly server: AsyncDisposable;

  private readonly host: string | undefined;

  private constructor(config: Config, supervisor: Supervisor, server: AsyncDisposable, host: string | undefined) {
    this.config = config;
    this.host = host;
    this.supervisor = supervisor;
    this.server = server;
    this.driver = this.newDriver();
    this.spec = this.specOf('standard');
  }

  /** What a sandbox of a profile is made of here. */
  specOf(profile: Profile): SandboxSpec {
    return { image: imageOf(this.config, profile), profile, hostname: 'slip', limits: LIMITS_OF[profile] };
  }

  /**
   * `engineLack`: on a machine that lacks this for engines inside sandboxes. `host`: path of the network namespace through
   * which sandboxes reach the internet, where they may.
   */
  static async open(overrides: Partial<Config> = {}, engineLack?: string, host?: string): Promise<RealSandboxes> {
    const { config } = await ownConfig(overrides);
    return RealSandboxes.over(config, engineLack, host);
  }

  private static async over(config: Config, engineLack?: string, host?: string): Promise<RealSandboxes> {
    const examine = engineLack === undefined ? undefined : async () => engineLack;
    const supervisor = await openSupervisor(config, log, examine, host);
    const server = await serveSupervisor(
      config.paths.supervisorSocket,
      supervisor.gatewayGroup,
      supervisor.sandboxes,
      log,
    );
    return new RealSandboxes(config, supervisor, server, host);
  }

  /** The same host with a new supervisor, as after its restart. This one must not be used any more, only disposed. */
  async restarted(): Promise<RealSandboxes> {
    await this.server[Symbol.asyncDispose]();
    return RealSandboxes.over(this.config, undefined, this.host);
  }

  newDriver(): OciDriver {
    return new OciDriver({ run: this.config.run, socket: this.config.paths.supervisorSocket });
  }

  /** A running sandbox; its id. */
  async start(spec: Partial<SandboxSpec> = {}): Promise<string> {
    const id = randomId();
    await this.driver.create(id, { ...this.spec, ...spec });
    await this.driver.start(id);
    return id;
  }

  /** Runs a shell script in the sandbox, as the learner unless `root`. */
  async run(id: string, script: string, options: { root?: boolean; timeoutMs?: number } = {}): Promise<ScriptResult> {
    const { timeoutMs = 20_000, root = false } = options;
    const request = { op: 'exec' as const, argv: ['bash', '-c', script], root, timeoutMs };
    const result = await runInSandbox(await this.driver.connect(id), request);
    return { ...result, out: result.stdout.toString('utf8'), err: result.stderr.toString('utf8') };
  }

  /** Ends every process in the sandbox but init. */
  async killAll(id: string): Promise<void> {
    await askInit(await this.driver.connect(id), { op: 'kill-all' }, 5000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.driver[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    await removeEverything(this.config);
    await rm(dirname(this.config.paths.supervisorData), { recursive: true, force: true });
    await rm(this.config.run, { recursive: true, force: true });
  }
}

export interface ScriptResult extends CommandResult {
  out: string;
  err: string;
}
