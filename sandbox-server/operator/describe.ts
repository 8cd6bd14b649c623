/** What an operator is shown: of the server, and of each sandbox that there is. */
import { availableParallelism, loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Config } from '../config.ts';
import type { Courses } from '../http/courses.ts';
import type { Health } from '../http/health.ts';
import type { HostCapacity, SandboxDriver, SandboxStats, SandboxStatus } from '../sandbox/driver.ts';
import { askInit } from '../sandbox/init/ask.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Spares } from '../session/spares.ts';
import { LEARNER_LETTERS, type SandboxInfo, type ServerInfo, terminalsOfInit } from './shapes.ts';

export interface Described {
  config: Pick<Config, 'maxSandboxes' | 'sandboxes' | 'minFreeMemoryBytes' | 'minFreeDiskBytes'>;
  driver: Pick<SandboxDriver, 'stats' | 'list' | 'connect'>;
  sessions: Pick<Sessions, 'all' | 'placeOf' | 'status' | 'pooled'>;
  spares: Pick<Spares, 'ids'>;
  courses: Courses;
  watch: { health: Pick<Health, 'readiness'> };
  capacity: () => Promise<HostCapacity>;
  urls: () => readonly string[];
  now: () => number;
}

/** What cannot be told within so many milliseconds is left out: an operator looks when a server is in trouble. */
const ASK_MS = 1500;

/** A finer look would itself be work. */
const LATE_RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

export class Description implements Disposable {
  private readonly options: Described;
  private readonly startedAt: number;
  private readonly late = monitorEventLoopDelay({ resolution: LATE_RESOLUTION_MS });

  constructor(options: Described) {
    this.options = options;
    this.startedAt = options.now();
    this.late.enable();
  }

  async server(): Promise<ServerInfo> {
    const { config, sessions, courses, watch, capacity, urls, now } = this.options;
    const host = config.sandboxes.mode === 'on' ? await capacity().catch(() => undefined) : undefined;
    return {
      pid: process.pid,
      startedAt: this.startedAt,
      now: now(),
      urls: [...urls()],
      unready: (await watch.health.readiness()).reasons,
      sandboxes: config.sandboxes.mode,
      courses: courses.all().map(({ id }) => id),
      places: config.maxSandboxes,
      ...sessions.status,
      pooled: sessions.pooled,
      processors: availableParallelism(),
      load: loadavg()[0]!,
      memory: host?.memory ?? null,
      disk: host?.disk ?? null,
      leastFree: { memoryBytes: config.minFreeMemoryBytes, diskBytes: config.minFreeDiskBytes },
      gateway: { memoryBytes: process.memoryUsage.rss(), lateMs: this.takeLate() },
    };
  }

  async sandboxes(): Promise<{ at: number; sandboxes: SandboxInfo[] }> {
    const { driver, sessions, spares, now } = this.options;
    const listed = await driver.list({ signal: AbortSignal.timeout(ASK_MS) }).catch(() => []);
    const disks = new Map(listed.map(({ id, diskBytes }) => [id, diskBytes]));
    const owned = [...sessions.all()];
    const known = new Set([...owned.map(({ id }) => id), ...spares.ids()]);
    const described = await Promise.all(owned.map((session) => this.session(session, disks.get(session.id))));
    const nobodys = listed.filter(({ id }) => !known.has(id));
    return {
      at: now(),
      sandboxes: [...described, ...(await Promise.all(nobodys.map((each) => this.nobodys(each))))],
    };
  }

  [Symbol.dispose](): void {
    this.late.disable();
  }

  private async session(session: SandboxSession, diskBytes: number | undefined): Promise<SandboxInfo> {
    const { id, learner, course, spec, state, since, attendance, throttled, failure, time } = session;
    const { limits } = spec;
    return {
      id,
      learner: learner.slice(0, LEARNER_LETTERS),
      course,
      image: spec.image,
      profile: spec.profile,
      state,
      since,
      seenAt: attendance.lastAt,
      viewers: attendance.count,
      throttled,
      failure: failure ?? null,
      queue: this.options.sessions.placeOf(session) ?? null,
      endsAt: time.endsAt,
      ...(await this.uses(id, state)),
      memoryLimitBytes: limits.memoryBytes,
      cpus: limits.cpus,
      diskBytes: diskBytes ?? null,
      diskLimitBytes: limits.diskBytes,
    };
  }

  /** A lost database must not cost anybody's work: whose it was is not known any more. */
  private async nobodys({ id, state, diskBytes }: SandboxStatus): Promise<SandboxInfo> {
    return {
      id,
      learner: null,
      course: null,
      image: null,
      profile: null,
      state,
      since: null,
      seenAt: null,
      viewers: 0,
      throttled: false,
      failure: null,
      queue: null,
      endsAt: null,
      ...(await this.uses(id, state)),
      memoryLimitBytes: null,
      cpus: null,
      diskBytes: diskBytes ?? null,
      diskLimitBytes: null,
    };
  }

  private async uses(id: string, state: SandboxInfo['state']) {
    const runs = state === 'ready' || state === 'frozen';
    const signal = AbortSignal.timeout(ASK_MS);
    const [stats, terminals] = await Promise.all([
      runs ? this.options.driver.stats(id, { signal }).catch((): SandboxStats | undefined => undefined) : undefined,
      state === 'ready' ? this.terminals(id, signal) : null,
    ]);
    return {
      memoryBytes: stats?.memoryBytes ?? null,
      processes: stats?.processes ?? null,
      cpuMicroseconds: stats?.cpuMicroseconds ?? null,
      outOfMemoryKills: stats?.outOfMemoryKills ?? null,
      terminals,
    };
  }

  /** What is frozen is not asked, for it would be woken; what does not answer is no reason to tell nothing. */
  private async terminals(id: string, signal: AbortSignal): Promise<number | null> {
    try {
      const answer = await askInit(await this.options.driver.connect(id, { signal }), { op: 'status' }, ASK_MS);
      return terminalsOfInit.parse(answer).terminals.length;
    } catch {
      return null;
    }
  }

  private takeLate() {
    const { late } = this;
    // What it measures is the time between two ticks, which is never less than this.
    const ms = (ns: number) => Math.max(0, Number.isFinite(ns) ? ns / NS_PER_MS - LATE_RESOLUTION_MS : 0);
    const taken = late.count === 0 ? { median: 0, p99: 0, most: 0 } : undefined;
    const lateMs = taken ?? { median: ms(late.percentile(50)), p99: ms(late.percentile(99)), most: ms(late.max) };
    late.reset();
    return lateMs;
  }
}
