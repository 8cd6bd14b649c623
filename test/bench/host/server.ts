/** A whole server of the bench's own, seen from the outside by its learners and from the inside by its host. */
import { readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runInSandbox } from '../../../sandbox-server/sandbox/init/ask.ts';
import { OciDriver } from '../../../sandbox-server/sandbox/oci/driver.ts';
import { Cgroups } from '../../../sandbox-server/sandbox/oci/supervisor/cgroups.ts';
import { delegatedParent } from '../../../sandbox-server/sandbox/oci/supervisor/delegation.ts';
import { testConfig, type Overrides } from '../../support/config.ts';
import { TestServer } from '../../support/server.ts';

/** Sandboxes that the bench destroys behind the gateway's back count there as running: more than any bench starts. */
const MAX_SANDBOXES = 10_000;

/** All come from one address, in a minute. */
const MANY_LEARNERS = 100_000;

export class BenchServer implements AsyncDisposable {
  readonly server: TestServer;
  /** Reaches sandboxes by the supervisor's socket, which root may. */
  readonly driver: OciDriver;
  readonly cgroups: Cgroups;

  private constructor(server: TestServer, cgroups: Cgroups) {
    this.server = server;
    this.driver = new OciDriver({ run: server.config.run, socket: server.config.paths.supervisorSocket });
    this.cgroups = cgroups;
  }

  static async start(overrides: Overrides = {}): Promise<BenchServer> {
    // It is alone on the host: all ids are its.
    const { idBase, idCount } = testConfig();
    const server = await TestServer.start({
      maxSandboxes: MAX_SANDBOXES,
      learnersPerAddress: MANY_LEARNERS,
      // What a start may take is counted on for a while: more than this host has, where hundreds come at once.
      minFreeMemoryBytes: 0,
      idBase,
      idCount,
      ...overrides,
    });
    const { cgroup, paths } = server.config;
    return new BenchServer(server, new Cgroups(await delegatedParent(cgroup, paths.native)));
  }

  get url(): string {
    return this.server.url;
  }

  async sandboxes(): Promise<string[]> {
    return (await this.driver.list()).map(({ id }) => id);
  }

  /** Removes all sandboxes with their disks. */
  async empty(): Promise<void> {
    for (const id of await this.sandboxes()) await this.driver.destroy(id);
  }

  /** Runs a script in the sandbox as its learner. Rejects where it fails. */
  async script(id: string, script: string, input?: Uint8Array): Promise<void> {
    const request = { op: 'exec' as const, argv: ['sh', '-c', script], timeoutMs: 60_000 };
    const { status, stderr } = await runInSandbox(await this.driver.connect(id), request, input);
    if (status !== 0) throw new Error(`in the sandbox: ${script}: status ${status}: ${stderr.toString('utf8')}`);
  }

  /** Entries of the supervisor's log. */
  async supervisorLog(): Promise<Record<string, unknown>[]> {
    const text = await readFile(join(this.server.config.run, 'supervisor.log'), 'utf8');
    const lines = text.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Which runtime the supervisor took; known while a sandbox runs, by the name of the file in which each keeps its state. */
  async runtime(): Promise<'crun' | 'runc'> {
    const [id] = await this.sandboxes();
    const files = readdirSync(join(this.server.config.run, 'runtime', id!));
    return files.includes('state.json') ? 'runc' : 'crun';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.driver[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    await rm(this.server.config.run, { recursive: true, force: true });
  }
}
