/**
 * The gateway's composition root: everything that parses what the network sends. Runs as an ordinary user: `main.ts
 * CONFIG`, with an IPC channel to tell that it is ready.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { CourseEntry, CourseManifest } from '../site/course/manifest.ts';
import { Audit } from './audit/audit.ts';
import { AuditFile } from './audit/audit-file.ts';
import { readConfig, withPort, type Config } from './config.ts';
import { Desk } from './desk/desk.ts';
import type { FastifyInstance } from 'fastify';
import { createApp } from './http/app.ts';
import { clientsBehind } from './http/client-address.ts';
import { Courses } from './http/courses.ts';
import { Health } from './http/health.ts';
import { Origins } from './http/origins.ts';
import { Layers } from './lessons/layers.ts';
import { Mover, type MoverOptions } from './lessons/move.ts';
import { playFrom } from './lessons/play.ts';
import { LessonPreparer } from './lessons/preparer.ts';
import { createLog, type Log } from './log.ts';
import { addGauges } from './metrics/gauges.ts';
import { Metrics } from './metrics/metrics.ts';
import { serveMetrics } from './metrics/server.ts';
import { serveOperator } from './operator/serve.ts';
import { RegistryOutlet } from './registry/outlet.ts';
import type { SandboxDriver } from './sandbox/driver.ts';
import { OciDriver } from './sandbox/oci/driver.ts';
import { OffDriver } from './sandbox/off-driver.ts';
import { Clock } from './session/clock.ts';
import type { OnHappening } from './session/happening.ts';
import type { SandboxSession } from './session/sandbox-session.ts';
import { handedSocket, tellReady } from './service-manager.ts';
import { Sessions } from './session/sessions.ts';
import { Spares } from './session/spares.ts';
import { specsOf } from './session/spec.ts';
import { hostProcessors, Unattended } from './session/unattended.ts';
import { Sockets } from './socket/upgrade.ts';
import { finishRestore } from './store/backup/finish.ts';
import { openDatabaseWhenPossible } from './store/database.ts';
import { DatabaseUnusable } from './store/examine.ts';
import { COOKIE_SECRET_FILE, DATABASE_FILE } from './store/files.ts';
import { BegunTasks } from './store/begun-tasks.ts';
import { Learners } from './store/learners.ts';
import { PreparedLessons } from './store/prepared-lessons.ts';
import { Progress } from './store/progress.ts';
import { QueuePlaces } from './store/queue-places.ts';
import { RegistryUsage } from './store/registry-usage.ts';
import { SandboxRecords } from './store/sandbox-records.ts';
import { SpareRecords } from './store/spare-records.ts';
import { Visits } from './visit/visits.ts';

/** Whoever looks how the host is waits no longer for it, in milliseconds. */
const CAPACITY_MS = 2000;

export interface RunningGateway extends AsyncDisposable {
  port: number;
  /** They can be replaced while it runs. */
  courses: Courses;
  /** At an author's desk. */
  desk: Desk | undefined;
}

/**
 * Starts the gateway on a driver, which it then owns. Rejects where the port is taken or the database cannot be opened.
 */
export async function startGateway(config: Config, log: Log, given?: SandboxDriver): Promise<RunningGateway> {
  await using stack = new AsyncDisposableStack();
  const metrics = stack.use(new Metrics());
  const driver = given ?? driverOf(config, () => metrics.supervisorLost.inc());
  mkdirSync(config.paths.gatewayData, { recursive: true, mode: 0o700 });
  if (finishRestore(config.paths.gatewayData)) log.warn('a restore that had been interrupted was finished');
  const databasePath = join(config.paths.gatewayData, DATABASE_FILE);
  const database = await openDatabaseWhenPossible(databasePath, log);
  stack.defer(() => database.close());
  const clock = new Clock();
  const now = () => clock.now();
  const learners = new Learners(database, now);
  stack.use(driver);
  const records = new SandboxRecords(database, now);
  const progress = new Progress(database, now);
  const usage = new RegistryUsage(database, now);
  const auditFile = stack.use(
    new AuditFile({
      folder: config.paths.audit,
      keepMs: config.auditKeepMs,
      now,
      log,
      onLost: () => metrics.auditLost.inc(),
    }),
  );
  const audit = new Audit(auditFile, now);
  const secret = cookieSecret(config);
  const courses = new Courses(JSON.parse(readFileSync(config.paths.courses, 'utf8')) as CourseManifest);
  const { registry, registryBytes } = config;
  const outlet =
    registry.mode === 'on' ? new RegistryOutlet({ ...registry, registryBytes, driver, usage, log }) : undefined;
  const way = outlet ? { outlet } : {};
  const connect = (sandbox: string) => driver.connect(sandbox);
  const prepared = new PreparedLessons(database);
  const begun = new BegunTasks(database);
  const filesFolder = config.paths.lessonFiles;
  const preparer = stack.use(
    new LessonPreparer({
      prepared,
      filesFolder,
      now: () => clock.steady(),
      onPrepared: (seconds) => metrics.happened({ event: 'stage', stage: 'lesson', seconds }),
      log,
    }),
  );
  const visits: Visits = new Visits({
    courses,
    progress,
    find: (learner, course) => sessions.find(learner, course),
    connect,
    prepare: preparer.prepare.bind(preparer),
    begin: preparer.begin.bind(preparer),
    begun,
    secret,
    now,
    onCheck: metrics.checked.bind(metrics),
    log,
  });
  const { startTimeoutMs } = config;
  const spares = new Spares({ driver, records: new SpareRecords(database, now), startTimeoutMs, log, ...way });
  const places = new QueuePlaces(database);
  const onReturned = (session: SandboxSession) => unattended.returned(session);
  const whileReady = visits.whileReady.bind(visits);
  const onHappening: OnHappening = (whose, happening) => {
    metrics.happened(happening);
    audit.happened(whose, happening);
  };
  const sessions = stack.use(
    new Sessions({
      driver,
      records,
      places,
      spares,
      specs: () => specsOf(courses.all(), config),
      clock,
      config,
      log,
      whileReady,
      onReturned,
      onHappening,
      onClaim: metrics.claimed.bind(metrics),
      ...way,
    }),
  );
  const capacity = () => driver.capacity({ signal: AbortSignal.timeout(CAPACITY_MS) });
  const health = new Health({
    database,
    ...(config.sandboxes.mode === 'on' && { capacity }),
    leastFreeBytes: config.minFreeDiskBytes,
  });
  const profileOf = ({ image }: CourseEntry) => config.images[image]?.profile ?? 'standard';
  addGauges({
    registry: metrics.registry,
    sandboxes: () => sessions.all(),
    room: () => ({ ...sessions.status, places: config.maxSandboxes }),
    pooled: () => sessions.pooled,
    courses: () => courses.all().map((course) => ({ id: course.id, profile: profileOf(course) })),
    capacity,
    database: databasePath,
  });
  const { busyAfterMs, busyShare } = config;
  const unattended = stack.use(
    new Unattended({
      driver,
      sessions: () => sessions.all(),
      now: () => clock.steady(),
      busyAfterMs,
      busyShare,
      host: hostProcessors,
      onHappening,
      log,
    }),
  );
  // Ended first: what it hears of a sandbox is of no use without the rest.
  stack.use(visits);
  if (config.sandboxes.mode === 'on') await sessions.reconcile();
  void outlet?.removeAllBut(new Set(records.all().map(({ id }) => id)));
  const play = playFrom(filesFolder);
  const layers = stack.use(new Layers({ driver, spares, courses: () => courses.all(), config, play, log }));
  if (config.sandboxes.mode === 'on') void layers.sweep();
  const onMoved: MoverOptions['onMoved'] = (sandbox, lesson, tasks) => {
    prepared.add(sandbox, lesson);
    begun.add(sandbox, lesson.slug, tasks.slice(0, -1), { given: true });
    begun.add(sandbox, lesson.slug, tasks.slice(-1));
  };
  const mover = stack.use(new Mover({ sessions, spares, layers, config, play, onMoved, log }));
  const origins = new Origins();
  const clientOf = clientsBehind(config.trustedProxies);
  const accessCode = config.access === 'code' ? readFileSync(config.paths.accessCode, 'utf8').trim() : undefined;
  const desk = config.desk ? new Desk({ config, courses, sessions }) : undefined;
  const { app, identity, drained } = await createApp({
    config,
    clientOf,
    origins,
    courses,
    learners,
    sessions,
    records,
    usage,
    progress,
    visits,
    mover,
    metrics,
    health,
    audit,
    secret,
    ...(accessCode === undefined ? {} : { accessCode }),
    ...(desk && { desk }),
    log,
  });
  // Ends late: an operator sees what is still under way.
  const urls = () => origins.all;
  const operated = { config, driver, sessions, spares, courses, capacity, urls, now };
  stack.use(await serveOperator(config.paths.operatorSocket, { ...operated, watch: { metrics, health }, log }));
  stack.defer(() => app.close());
  stack.defer(drained);
  stack.use(
    new Sockets(app.server, { config, clientOf, origins, courses, identity, sessions, preparer, visits, metrics, log }),
  );
  if (config.metrics) {
    const names = config.urls.map((url) => new URL(url).hostname);
    stack.use(await serveMetrics(config.metrics, { metrics, health }, names));
  }
  // Whoever asks while the rest ends is told so.
  stack.defer(() => health.drain());
  const { port, stop } = await listen(app, config);
  stack.defer(stop);
  origins.set(withPort(config.urls, port));
  const owned = stack.move();
  return { port, courses, desk, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** On the socket that was handed over, or on the one that the configuration names. */
async function listen(app: FastifyInstance, { host, port }: Config): Promise<{ port: number; stop: () => void }> {
  const handed = handedSocket();
  if (handed === undefined) {
    await app.listen({ host, port });
    return { port: (app.server.address() as AddressInfo).port, stop: () => {} };
  }
  app.server.listen({ fd: handed });
  await once(app.server, 'listening');
  const address = app.server.address();
  // At once when it ends: who connects from then on waits for the next process, and would hear from this one only no.
  return { port: typeof address === 'object' ? address!.port : port, stop: () => void app.server.close() };
}

function driverOf(config: Config, onSupervisorLost: () => void): SandboxDriver {
  if (config.sandboxes.mode === 'off') return new OffDriver();
  return new OciDriver({ run: config.run, socket: config.paths.supervisorSocket, onSupervisorLost });
}

/** The secret that signs cookies: made once, kept with the database. A new one would make strangers of all learners. */
function cookieSecret(config: Config): string {
  const path = join(config.paths.gatewayData, COOKIE_SECRET_FILE);
  if (!existsSync(path)) {
    const unfinished = `${path}.new`;
    writeFileSync(unfinished, randomBytes(32).toString('hex'), { mode: 0o600, flush: true });
    renameSync(unfinished, path);
  }
  return readFileSync(path, 'utf8');
}

async function main(path: string): Promise<void> {
  const config = readConfig(path);
  const log = createLog('gateway', config.logLevel);
  try {
    const gateway = await startGateway(config, log);
    let ending = false;
    const end = async () => {
      if (ending) return;
      ending = true;
      await gateway[Symbol.asyncDispose]();
      process.exit(0);
    };
    for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, () => void end());
    process.on('message', (message) => gateway.desk?.take(message));
    process.send?.({ type: 'ready', port: gateway.port });
    tellReady();
  } catch (error) {
    log.fatal({ err: error }, 'the gateway cannot start');
    const failure = { type: 'failed', code: 'gateway', ...explain(error, config) };
    if (process.send) process.send(failure, () => process.exit(1));
    else process.exit(1);
  }
}

/** Says what went wrong in the operator's words. */
function explain(error: unknown, config: Config): { text: string; mend: string } {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof DatabaseUnusable) return { text: message, mend: error.mend };
  if (code === 'EADDRINUSE') {
    return {
      text: `Port ${config.port} on ${config.host} is taken by another program.`,
      mend: 'End that program, or choose another port: npm start -- --port 8081',
    };
  }
  if (code === 'EADDRNOTAVAIL') {
    return {
      text: `This machine has no address ${config.host}.`,
      mend: 'Choose one of its own with --host, or 0.0.0.0 for all of them.',
    };
  }
  return { text: `The gateway cannot start: ${message}`, mend: 'Its log says more.' };
}

if (import.meta.main) {
  const path = process.argv[2];
  if (!path) throw new Error('the gateway is run by `slipway start`: main.ts CONFIG');
  await main(path);
}
